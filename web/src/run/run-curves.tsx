import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { UiRun, UiSeries } from '../../../src/contracts/index.ts'
import { Chart } from '../curves/chart.tsx'
import { type Curve, curveOf } from '../curves/curve.ts'
import { CurveControls } from '../curves/curve-controls.tsx'
import { groupMetrics } from '../curves/group-metrics.ts'
import type { Axis, ChangeSearch, RunSearch } from '../search.ts'
import { seriesOptions } from '../shared/api.ts'
import { EmptyState } from '../shared/empty-state.tsx'
import { Problem } from '../shared/problem.tsx'

interface RunCurvesProps {
  readonly run: UiRun
  readonly search: RunSearch
  readonly change: ChangeSearch<RunSearch>
}

/** A chart per group of metrics; while the run works they are asked for again and again. */
export function RunCurves({ run, search, change }: RunCurvesProps) {
  const { record } = run
  const live = record.status === 'running'
  const { data, error } = useQuery(seriesOptions(record.id, live))
  const { smooth = 0, log = false, x = 'step' } = search
  const charts = useMemo(
    () => (data === undefined ? [] : chartsOf(data.series, x, Date.parse(record.created))),
    [data, x, record.created],
  )
  if (data === undefined) {
    return error === null ? <p className="faint">Loading …</p> : <Problem error={error} />
  }
  if (charts.length === 0) return <NoPoints live={live} id={record.id} />
  return (
    <section className="section" aria-label="Curves">
      <CurveControls search={search} change={change} />
      <div className="charts">
        {charts.map(({ title, curves }) => (
          <Chart
            key={title}
            title={title}
            curves={curves}
            axis={x}
            smooth={smooth}
            log={log}
            legend={curves.length > 1}
          />
        ))}
      </div>
    </section>
  )
}

function chartsOf(series: readonly UiSeries[], axis: Axis, start: number) {
  const byName = new Map(series.map((one) => [one.metric, one]))
  const drawn = series.filter(({ count }) => count > 0).map(({ metric }) => metric)
  return groupMetrics(drawn).map(({ title, metrics }) => ({
    title,
    curves: metrics.map(
      (metric, color): Curve => curveOf(byName.get(metric)!, { label: metric, color, axis, start }),
    ),
  }))
}

function NoPoints({ live, id }: { readonly live: boolean; readonly id: string }) {
  if (live) return <EmptyState title="Waiting for the first points …" />
  return (
    <EmptyState title="This run logged no metrics" command={`atelier runs show ${id}`}>
      If its folder has a metrics.jsonl with lines, `atelier runs reindex` puts them here.
    </EmptyState>
  )
}
