import type { UiComparison } from '../../../src/contracts/index.ts'
import { type ChangeSearch, type CompareSearch, joinNames, splitNames } from '../search.ts'
import { formatResult, formatSetting } from '../shared/format.ts'
import { parallelAxis, usualAxes } from './parallel-axes.ts'
import { ParallelCoordinates } from './parallel-coordinates.tsx'

interface ParallelSectionProps {
  readonly comparison: UiComparison
  readonly search: CompareSearch
  readonly change: ChangeSearch<CompareSearch>
}

/** Settings to results, a line per run. */
export function ParallelSection({ comparison, search, change }: ParallelSectionProps) {
  if (comparison.runs.length < 2) return null
  const rows = [...comparison.config, ...comparison.metrics]
  const usual = usualAxes(comparison)
  const chosen = search.axes === undefined ? usual : splitNames(search.axes)
  const offered = rows.filter(({ key, differs }) => differs || chosen.includes(key))
  const axes = chosen
    .map((key) => rows.find((row) => row.key === key))
    .filter((row) => row !== undefined)
    .map((row) => {
      const isResult = comparison.metrics.includes(row)
      return parallelAxis(row, { isResult, format: isResult ? formatResult : formatSetting })
    })
  const toggle = (key: string) => {
    const rest = chosen.filter((other) => other !== key)
    change({ axes: joinNames(rest.length === chosen.length ? [...chosen, key] : rest) })
  }
  return (
    <section className="section" aria-label="Parallel coordinates">
      <h2>Parallel coordinates</h2>
      <div className="choices">
        {offered.map(({ key }) => (
          <button
            key={key}
            type="button"
            className="choice"
            aria-pressed={chosen.includes(key)}
            onClick={() => toggle(key)}
          >
            {key}
          </button>
        ))}
      </div>
      {axes.length < 2 ? (
        <p className="faint">Choose two or more keys in which the runs differ.</p>
      ) : (
        <ParallelCoordinates comparison={comparison} axes={axes} />
      )}
    </section>
  )
}
