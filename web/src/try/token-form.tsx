import { type FormEvent, useId, useState } from 'react'
import { keepToken, readToken } from './token.ts'

/** Shown when the service answers 401. */
export function TokenForm({ kept }: { readonly kept: () => void }) {
  const id = useId()
  const [problem, setProblem] = useState<string>()
  const refused = readToken() !== undefined
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const token = String(new FormData(event.currentTarget).get('token')).trim()
    if (token === '') return
    try {
      keepToken(token)
      setProblem(undefined)
      kept()
    } catch {
      setProblem('The browser does not let this page keep the token.')
    }
  }
  return (
    <form className="panel try-token" onSubmit={submit}>
      <label htmlFor={id}>
        <strong>
          {refused ? 'The service refused this token' : 'The service asks for a token'}
        </strong>
      </label>
      <p className="faint">It is kept for this tab, until you close it.</p>
      <div className="try-token-line">
        <input
          id={id}
          name="token"
          type="password"
          className="field"
          autoComplete="off"
          spellCheck={false}
          required
        />
        <button type="submit" className="button primary">
          Use it
        </button>
      </div>
      {problem !== undefined && <p className="problem">{problem}</p>}
    </form>
  )
}
