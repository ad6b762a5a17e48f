import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import type { PredictAnswer } from '../../../src/contracts/index.ts'
import { Problem } from '../shared/problem.tsx'
import { ApiError } from '../shared/request.ts'
import { sendFeedback } from './service-api.ts'
import { TokenForm } from './token-form.tsx'

interface CorrectionProps {
  readonly answer: PredictAnswer
  readonly labels: readonly string[]
}

/** Tells the service the true class. The last word counts, so it can be changed. */
export function Correction({ answer, labels }: CorrectionProps) {
  const [open, setOpen] = useState(false)
  const feedback = useMutation({
    mutationFn: (label: string) => sendFeedback({ prediction_id: answer.prediction_id, label }),
    networkMode: 'always',
    onSuccess: () => setOpen(false),
  })
  const kept = feedback.data?.label
  const guess = answer.predicted_class
  return (
    <div className="correction">
      {open ? (
        <LabelForm
          labels={labels}
          chosen={kept ?? guess}
          busy={feedback.isPending}
          save={feedback.mutate}
          close={() => setOpen(false)}
        />
      ) : (
        <div className="correction-line">
          <span role="status">{kept === undefined ? 'Is that right?' : sentence(kept, guess)}</span>
          {kept === undefined && (
            <button
              type="button"
              className="button small"
              disabled={feedback.isPending}
              onClick={() => feedback.mutate(guess)}
            >
              Yes
            </button>
          )}
          <button
            type="button"
            className="button small"
            disabled={feedback.isPending}
            onClick={() => setOpen(true)}
          >
            {kept === undefined ? 'No, correct it' : 'Change'}
          </button>
        </div>
      )}
      {isRefusal(feedback.error) ? (
        <TokenForm kept={() => feedback.mutate(feedback.variables ?? guess)} />
      ) : (
        feedback.error !== null && <Problem error={feedback.error} />
      )}
    </div>
  )
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401
}

function sentence(label: string, guess: string): string {
  return label === guess ? `Kept: right, ${label}.` : `Kept: wrong, it is ${label}.`
}

interface LabelFormProps {
  readonly labels: readonly string[]
  readonly chosen: string
  readonly busy: boolean
  readonly save: (label: string) => void
  readonly close: () => void
}

function LabelForm({ labels, chosen, busy, save, close }: LabelFormProps) {
  const id = useId()
  const select = useRef<HTMLSelectElement>(null)
  useEffect(() => {
    // the button that had the focus became this form
    select.current?.focus()
  }, [])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    save(String(new FormData(event.currentTarget).get('label')))
  }
  return (
    <form className="correction-line" onSubmit={submit}>
      <label htmlFor={id}>It is</label>
      <select id={id} ref={select} name="label" className="field" defaultValue={chosen}>
        {labels.map((label) => (
          <option key={label}>{label}</option>
        ))}
      </select>
      <button type="submit" className="button small primary" disabled={busy}>
        Save
      </button>
      <button type="button" className="button small quiet" onClick={close}>
        Cancel
      </button>
    </form>
  )
}
