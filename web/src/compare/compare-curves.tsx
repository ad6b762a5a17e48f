import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { UiComparison, UiSeries } from '../../../src/contracts/index.ts'
import { Chart } from '../curves/chart.tsx'
import { curveOf } from '../curves/curve.ts'
import { CurveControls } from '../curves/curve-controls.tsx'
import { groupMetrics } from '../curves/group-metrics.ts'
import {
  type Axis,
  type ChangeSearch,
  type CompareSearch,
  joinNames,
  splitNames,
} from '../search.ts'
import { seriesOptions } from '../shared/api.ts'
import { shortName } from '../shared/format.ts'

interface CompareCurvesProps {
  readonly comparison: UiComparison
  readonly search: CompareSearch
  readonly change: ChangeSearch<CompareSearch>
}

/** Drawn first, where the runs have them. */
const USUAL = ['val.loss', 'val.accuracy', 'train.loss', 'train.accuracy']

/** A chart per metric, a line per run. */
export function CompareCurves({ comparison, search, change }: CompareCurvesProps) {
  const { runs } = comparison
  const results = useQueries({
    queries: runs.map(({ id, status }) => seriesOptions(id, status === 'running')),
  })
  const all = results.map(({ data }) => data?.series)
  const names = [...new Set(all.flatMap((series) => (series ?? []).map(({ metric }) => metric)))]
  const known = groupMetrics(names).flatMap(({ metrics }) => metrics)
  const usual = USUAL.filter((name) => known.includes(name))
  const shown =
    search.metrics === undefined
      ? usual.length > 0
        ? usual
        : known.slice(0, 4)
      : splitNames(search.metrics)
  const { smooth = 0, log = false, x = 'step' } = search
  const toggle = (name: string) => {
    const rest = shown.filter((other) => other !== name)
    change({ metrics: joinNames(rest.length === shown.length ? [...shown, name] : rest) })
  }
  return (
    <section className="section" aria-label="Curves">
      <div className="section-head">
        <h2>Curves</h2>
        <CurveControls search={search} change={change} />
      </div>
      {known.length === 0 ? (
        <p className="faint">These runs have logged no metrics yet.</p>
      ) : (
        <MetricChoice known={known} shown={shown} toggle={toggle} />
      )}
      <div className="charts">
        {shown
          .filter((metric) => known.includes(metric))
          .map((metric) => (
            <MetricChart
              key={metric}
              metric={metric}
              comparison={comparison}
              all={all}
              options={{ smooth, log, axis: x }}
            />
          ))}
      </div>
    </section>
  )
}

interface MetricChoiceProps {
  readonly known: readonly string[]
  readonly shown: readonly string[]
  readonly toggle: (name: string) => void
}

function MetricChoice({ known, shown, toggle }: MetricChoiceProps) {
  return (
    <div className="choices">
      {known.map((name) => (
        <button
          key={name}
          type="button"
          className="choice"
          aria-pressed={shown.includes(name)}
          onClick={() => toggle(name)}
        >
          {name}
        </button>
      ))}
    </div>
  )
}

interface MetricChartProps {
  readonly metric: string
  readonly comparison: UiComparison
  readonly all: readonly (readonly UiSeries[] | undefined)[]
  readonly options: { readonly smooth: number; readonly log: boolean; readonly axis: Axis }
}

function MetricChart({ metric, comparison, all, options }: MetricChartProps) {
  const { axis, smooth, log } = options
  const curves = comparison.runs.flatMap(({ id, created }, color) => {
    const series = all[color]?.find((one) => one.metric === metric)
    if (series === undefined) return []
    return [curveOf(series, { label: shortName(id), color, axis, start: Date.parse(created) })]
  })
  // a new list of the same series would be drawn anew on every keystroke elsewhere
  const series = comparison.runs.map((_, at) => all[at]?.find((one) => one.metric === metric))
  // biome-ignore lint/correctness/useExhaustiveDependencies: the curves follow from these
  const stable = useMemo(() => curves, [metric, axis, ...series])
  return <Chart title={metric} curves={stable} axis={axis} smooth={smooth} log={log} />
}
