import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { UiComparison } from '../../../src/contracts/index.ts'
import { PALETTE } from '../curves/palette.ts'
import { type ChangeSearch, type CompareSearch, splitNames } from '../search.ts'
import { compareOptions } from '../shared/api.ts'
import { EmptyState } from '../shared/empty-state.tsx'
import { shortName } from '../shared/format.ts'
import { Problem } from '../shared/problem.tsx'
import { StatusChip } from '../shared/status-chip.tsx'
import { CompareCurves } from './compare-curves.tsx'
import { Differences } from './differences.tsx'
import { ParallelSection } from './parallel-section.tsx'

export function ComparePage() {
  const search = useSearch({ from: '/compare' })
  const navigate = useNavigate({ from: '/compare' })
  const change: ChangeSearch<CompareSearch> = (part) =>
    void navigate({ search: (old) => ({ ...old, ...part }) as CompareSearch, replace: true })
  const ids = splitNames(search.ids)
  const { data, error } = useQuery(compareOptions(ids))
  if (ids.length === 0) return <NothingSelected />
  if (data === undefined) {
    return error === null ? <p className="page faint">Loading …</p> : <Problem error={error} />
  }
  return (
    <div className="page">
      <h1>
        {data.runs.length} {data.runs.length === 1 ? 'run' : 'runs'} compared
      </h1>
      {data.missing.length > 0 && (
        <p className="problem">Not in the database: {data.missing.join(', ')}</p>
      )}
      <RunChips comparison={data} ids={ids} change={change} />
      <Differences comparison={data} all={search.all === true} change={change} />
      <CompareCurves comparison={data} search={search} change={change} />
      <ParallelSection comparison={data} search={search} change={change} />
    </div>
  )
}

function NothingSelected() {
  return (
    <EmptyState title="No runs selected" command="atelier runs compare RUN RUN">
      Mark some in the <Link to="/">table of runs</Link> and press Compare. In a terminal:
    </EmptyState>
  )
}

interface RunChipsProps {
  readonly comparison: UiComparison
  readonly ids: readonly string[]
  readonly change: ChangeSearch<CompareSearch>
}

function RunChips({ comparison, ids, change }: RunChipsProps) {
  return (
    <div className="compare-runs">
      {comparison.runs.map(({ id, status }, at) => (
        <span key={id} className="chip" title={id}>
          <i className={`swatch line-${at % PALETTE}`} />
          <Link to="/runs/$id" params={{ id }}>
            {shortName(id)}
          </Link>
          {status !== 'completed' && <StatusChip status={status} />}
          <button
            type="button"
            aria-label={`Take ${id} out`}
            onClick={() =>
              change({ ids: ids.filter((other) => other !== id).join(',') || undefined })
            }
          >
            ×
          </button>
        </span>
      ))}
    </div>
  )
}
