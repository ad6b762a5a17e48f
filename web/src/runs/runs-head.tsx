import type { CSSProperties } from 'react'
import type { UiRunRow } from '../../../src/contracts/index.ts'
import type { RunsQuery } from '../shared/api.ts'
import { firstSort, titleOf } from './columns.ts'
import { isNumberColumn } from './run-row.tsx'

interface RunsHeadProps {
  readonly query: RunsQuery
  readonly template: CSSProperties
  /** The first row, which tells what is in a column. */
  readonly sample: UiRunRow | undefined
  readonly change: (part: { sort: string | undefined }) => void
}

/** A click sorts; a second one turns the order round; a third shows the newest first again. */
export function RunsHead({ query, template, sample, change }: RunsHeadProps) {
  const cycle = (column: string) => {
    const first = firstSort(column, sample)
    const second = first.startsWith('-') ? column : `-${column}`
    const next = query.sort === first ? second : query.sort === second ? undefined : first
    change({ sort: next })
  }
  return (
    <div className="grid-row grid-head" role="row" aria-rowindex={1} style={template}>
      <div role="columnheader" className="cell-mark">
        <span className="hidden">Selected</span>
      </div>
      {['id', ...query.columns].map((column) => (
        <div
          key={column}
          role="columnheader"
          className={headClass(column, sample)}
          aria-sort={ariaSort(query.sort, column)}
        >
          <button
            type="button"
            className={query.sort.replace(/^-/, '') === column ? 'sort sorted' : 'sort'}
            title={column}
            onClick={() => cycle(column)}
          >
            <span>{column === 'id' ? 'run' : titleOf(column)}</span>
            {arrowOf(query.sort, column)}
          </button>
        </div>
      ))}
    </div>
  )
}

function headClass(column: string, sample: UiRunRow | undefined): string {
  if (column === 'id') return 'cell cell-name'
  return isNumberColumn(column, sample) ? 'cell number' : 'cell'
}

function ariaSort(sort: string, column: string): 'ascending' | 'descending' | undefined {
  if (sort === column) return 'ascending'
  return sort === `-${column}` ? 'descending' : undefined
}

function arrowOf(sort: string, column: string): string {
  if (sort === column) return '↑'
  return sort === `-${column}` ? '↓' : ''
}
