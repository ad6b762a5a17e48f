import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { keysOptions } from '../shared/api.ts'
import type { ApiError } from '../shared/request.ts'
import { completionsAt } from './completions.ts'
import { Suggestions } from './suggestions.tsx'

const PAUSE_MS = 500

interface FilterBoxProps {
  readonly filter: string
  readonly error: ApiError | null
  readonly apply: (filter: string) => void
}

/** Filters on Enter or after a pause; offers keys while one is typed; shows where the text is wrong. */
export function FilterBox({ filter, error, apply }: FilterBoxProps) {
  const [draft, setDraft] = useState(filter)
  const [chosen, setChosen] = useState(0)
  const [open, setOpen] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const { data: keys } = useQuery(keysOptions)
  // the address changed otherwise: back button, "show all"
  useEffect(() => setDraft(filter), [filter])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the wait anew
  useEffect(() => {
    if (draft === filter) return
    const timer = setTimeout(() => apply(draft.trim()), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [draft])
  const all = keys === undefined ? [] : [...keys.metrics, ...keys.config, ...keys.fields, 'tag']
  const offer = open
    ? completionsAt(draft, input.current?.selectionStart ?? draft.length, all)
    : null
  const take = (index: number) => {
    if (offer === null) return
    setDraft(offer.apply(offer.keys[index]!))
    setOpen(false)
    input.current?.focus()
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (offer !== null && move !== undefined) {
      setChosen((chosen + move + offer.keys.length) % offer.keys.length)
    } else if (offer !== null && event.key === 'Tab') take(chosen)
    else if (event.key === 'Enter') {
      setOpen(false)
      apply(draft.trim())
    } else if (event.key === 'Escape') setOpen(false)
    else return
    event.preventDefault()
  }
  return (
    <div className="filter">
      <input
        ref={input}
        className="field"
        type="text"
        role="combobox"
        aria-label="Filter runs"
        aria-expanded={offer !== null}
        aria-controls="filter-keys"
        aria-invalid={error !== null}
        aria-describedby="filter-note"
        placeholder={'Filter: val.accuracy > 0.92 and model.type = "cnn"'}
        spellCheck={false}
        autoComplete="off"
        value={draft}
        onChange={(event) => {
          setDraft(event.target.value)
          setChosen(0)
          setOpen(true)
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {offer !== null && <Suggestions keys={offer.keys} chosen={chosen} take={take} />}
      {error !== null && (
        <div id="filter-note" className="filter-error" role="alert">
          {error.message}
        </div>
      )}
    </div>
  )
}
