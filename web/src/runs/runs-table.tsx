import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, useState } from 'react'
import type { RunsSearch } from '../search.ts'
import { bestOptions, type RunsQuery } from '../shared/api.ts'
import { gridTemplate } from './columns.ts'
import { RunRow } from './run-row.tsx'
import { RunsHead } from './runs-head.tsx'
import { useRows } from './use-rows.ts'

const ROW_HEIGHT = 34

interface RunsTableProps {
  readonly query: RunsQuery
  readonly total: number
  readonly selected: readonly string[]
  readonly change: (part: Partial<Record<keyof RunsSearch, string | undefined>>) => void
}

/** Only the rows in view exist. Arrow keys move, Enter opens a run, Space selects it. */
export function RunsTable({ query, total, selected, change }: RunsTableProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const navigate = useNavigate()
  const [active, setActive] = useState(-1)
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    // the head covers a row's height
    scrollPaddingStart: ROW_HEIGHT,
  })
  const items = virtual.getVirtualItems()
  const rowAt = useRows(query, items[0]?.index ?? 0, items.at(-1)?.index ?? 0)
  const { data: best } = useQuery(bestOptions(query.filter, query.columns))
  const toggle = (id: string) => {
    const rest = selected.filter((other) => other !== id)
    const next = rest.length === selected.length ? [...selected, id] : rest
    change({ sel: next.length === 0 ? undefined : next.join(',') })
  }
  const move = (to: number) => {
    const index = Math.min(total - 1, Math.max(0, to))
    setActive(index)
    virtual.scrollToIndex(index)
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== scroller.current) return
    const step = stepOf(
      event.key,
      Math.floor(scroller.current.clientHeight / ROW_HEIGHT) - 2,
      total,
    )
    const row = rowAt(active)
    if (step !== undefined) move(active + step)
    else if (event.key === ' ' && row !== undefined) toggle(row.id)
    else if (event.key === 'Enter' && row !== undefined) {
      void navigate({ to: '/runs/$id', params: { id: row.id } })
    } else return
    event.preventDefault()
  }
  const template = { gridTemplateColumns: gridTemplate(query.columns) }
  return (
    <>
      <div
        ref={scroller}
        className="grid"
        role="grid"
        aria-label="Runs"
        aria-rowcount={total + 1}
        aria-multiselectable="true"
        aria-activedescendant={active >= 0 ? `run-${active}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <RunsHead query={query} template={template} sample={rowAt(0)} change={change} />
        <div className="grid-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => (
            <RunRow
              key={index}
              row={rowAt(index)}
              index={index}
              columns={query.columns}
              best={best?.best ?? {}}
              style={{ ...template, transform: `translateY(${start}px)` }}
              place={selected.indexOf(rowAt(index)?.id ?? '')}
              active={index === active}
              toggle={toggle}
            />
          ))}
        </div>
      </div>
      <p className="runs-foot">
        <span>
          {total} {total === 1 ? 'run' : 'runs'}
        </span>
        <span>Keys: arrows move, Enter opens, Space selects</span>
      </p>
    </>
  )
}

/** How many rows a key moves by. */
function stepOf(key: string, page: number, total: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return 1
    case 'ArrowUp':
      return -1
    case 'PageDown':
      return page
    case 'PageUp':
      return -page
    case 'Home':
      return -total
    case 'End':
      return total
    default:
      return undefined
  }
}
