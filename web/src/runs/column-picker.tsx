import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { keysOptions } from '../shared/api.ts'
import { DEFAULT_COLUMNS } from './columns.ts'

interface ColumnPickerProps {
  readonly columns: readonly string[]
  readonly change: (columns: readonly string[]) => void
}

export function ColumnPicker({ columns, change }: ColumnPickerProps) {
  const [open, setOpen] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open) return
    const close = (event: Event) => {
      const isKey = event instanceof KeyboardEvent
      if (isKey ? event.key !== 'Escape' : place.current?.contains(event.target as Node)) return
      setOpen(false)
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('keydown', close)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('keydown', close)
    }
  }, [open])
  return (
    <div className="picker" ref={place}>
      <button type="button" className="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        Columns
      </button>
      {open && <ColumnPanel columns={columns} change={change} />}
    </div>
  )
}

function ColumnPanel({ columns, change }: ColumnPickerProps) {
  const [find, setFind] = useState('')
  const { data: keys } = useQuery(keysOptions)
  const groups = [
    ['Metrics', keys?.metrics ?? []],
    ['Configuration', keys?.config ?? []],
    ['Run', ['tag', ...(keys?.fields ?? []).filter((key) => key !== 'id')]],
  ] as const
  const toggle = (key: string) =>
    change(columns.includes(key) ? columns.filter((other) => other !== key) : [...columns, key])
  return (
    <div className="picker-panel" role="dialog" aria-label="Columns">
      <input
        className="field"
        type="search"
        placeholder="Find a column"
        aria-label="Find a column"
        value={find}
        // biome-ignore lint/a11y/noAutofocus: the panel opens to be typed into
        autoFocus
        onChange={(event) => setFind(event.target.value)}
      />
      <div className="picker-list">
        {groups.map(([title, all]) => {
          const shown = all.filter((key) => key.toLowerCase().includes(find.toLowerCase()))
          if (shown.length === 0) return null
          return (
            <section key={title} aria-label={title}>
              <h3>{title}</h3>
              {shown.map((key) => (
                <label key={key}>
                  <input
                    type="checkbox"
                    checked={columns.includes(key)}
                    onChange={() => toggle(key)}
                  />
                  {key}
                </label>
              ))}
            </section>
          )
        })}
      </div>
      <button type="button" className="button small" onClick={() => change(DEFAULT_COLUMNS)}>
        The usual columns
      </button>
    </div>
  )
}
