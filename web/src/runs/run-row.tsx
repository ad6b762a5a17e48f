import { Link } from '@tanstack/react-router'
import type { CSSProperties } from 'react'
import type { UiBest, UiRunRow } from '../../../src/contracts/index.ts'
import { PALETTE } from '../curves/palette.ts'
import { StatusChip } from '../shared/status-chip.tsx'
import { cellText, isResult, nameOf } from './columns.ts'

interface RunRowProps {
  /** Absent while it is on its way. */
  readonly row: UiRunRow | undefined
  readonly index: number
  readonly columns: readonly string[]
  readonly best: UiBest['best']
  readonly style: CSSProperties
  /** Among the selected runs; -1: it is not. Gives its colour on the compare page. */
  readonly place: number
  readonly active: boolean
  readonly toggle: (id: string) => void
}

export function RunRow(props: RunRowProps) {
  const { row, index, columns, style, place, active, toggle } = props
  const frame = {
    id: `run-${index}`,
    className: active ? 'grid-row active' : 'grid-row',
    'aria-rowindex': index + 2,
    style,
  }
  if (row === undefined) return <div role="row" {...frame} />
  return (
    <div role="row" {...frame} aria-selected={place >= 0}>
      <div role="gridcell" className="cell-mark">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={place >= 0}
          onChange={() => toggle(row.id)}
          aria-label={`Select ${row.id}`}
        />
        <i className={place >= 0 ? `swatch line-${place % PALETTE}` : 'swatch'} />
      </div>
      <div role="gridcell" className="cell cell-name" title={row.id}>
        <Link to="/runs/$id" params={{ id: row.id }} tabIndex={-1}>
          {nameOf(row)}
        </Link>
      </div>
      {columns.map((column) => (
        <Cell key={column} row={row} column={column} best={props.best} />
      ))}
    </div>
  )
}

function Cell({
  row,
  column,
  best,
}: {
  readonly row: UiRunRow
  readonly column: string
  readonly best: UiBest['best']
}) {
  if (column === 'status') {
    return (
      <div role="gridcell" className="cell">
        <StatusChip status={row.status} />
      </div>
    )
  }
  if (column === 'tag') {
    return (
      <div role="gridcell" className="cell" title={row.tags.join(', ')}>
        {row.tags.map((tag) => (
          <span key={tag} className="tag">
            {tag}
          </span>
        ))}
      </div>
    )
  }
  const value = row.values[column]
  // equal values are equally good
  const isBest = value !== undefined && value === best[column]?.value
  const classes = ['cell', isNumberColumn(column, row) && 'number', isBest && 'best']
  return (
    <div
      role="gridcell"
      className={classes.filter(Boolean).join(' ')}
      title={value === undefined ? undefined : `${column} = ${value}${isBest ? ' (best)' : ''}`}
    >
      {cellText(row, column)}
    </div>
  )
}

/** Right-aligned: what is a number here, or a metric that this run does not have yet. */
export function isNumberColumn(column: string, row: UiRunRow | undefined): boolean {
  const value = row?.values[column]
  if (value === undefined || value === null) return isResult(column)
  return typeof value === 'number'
}
