import { palette, sequentialBlues, type VegaLiteSpec } from '../../figures/index.ts'
import { parameterScale } from './axis-scale.ts'
import {
  parameterName,
  type ScoredTrial,
  type SweepResults,
  scoredTrials,
  variedParameters,
} from './sweep-results.ts'

const COLUMNS = 3
/** How far points of one choice are moved apart, as a share of the way to the next. */
const SPREAD = 0.16

/** The metric over each parameter, one panel each; later trials are darker. */
export function slicesSpec(results: SweepResults): VegaLiteSpec {
  const scored = scoredTrials(results)
  const last = Math.max(1, ...scored.map(({ trial }) => trial))
  return {
    title: { text: 'The metric over each parameter', subtitle: 'later trials are darker' },
    columns: COLUMNS,
    spacing: 26,
    concat: variedParameters(results).map((parameter, i) =>
      panel(results, scored, { parameter, index: i, last }),
    ),
  }
}

interface Panel {
  readonly parameter: SweepResults['parameters'][number]
  readonly index: number
  readonly last: number
}

function panel(
  { metric }: SweepResults,
  scored: readonly ScoredTrial[],
  { parameter, index, last }: Panel,
): object {
  const scale = parameterScale(
    parameter.distribution,
    scored.map(({ values }) => values[index]!),
  )
  const gap = scale.isDiscrete ? 1 / Math.max(1, scale.ticks.length - 1) : 0
  const points = scored.flatMap(({ trial, metric: value, values }) => {
    const place = scale.place(values[index]!)
    return place === null ? [] : [{ trial, value, place: place + gap * SPREAD * apart(trial) }]
  })
  const labels = Object.fromEntries(scale.ticks.map(({ place, label }) => [place, label]))
  const margin = scale.isDiscrete ? Math.max(0.08, gap * 0.35) : 0.05
  return {
    width: 200,
    height: 170,
    data: { values: points },
    mark: { type: 'point', opacity: 0.85, size: 40, stroke: palette.quiet, strokeWidth: 0.5 },
    encoding: {
      x: {
        field: 'place',
        type: 'quantitative',
        title: parameterName(parameter),
        scale: { domain: [-margin, 1 + margin], nice: false },
        axis: {
          values: scale.ticks.map(({ place }) => place),
          labelExpr: `${JSON.stringify(labels)}[datum.value]`,
          labelOverlap: true,
          labelLimit: 90,
        },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title: index % COLUMNS === 0 ? metric.name : null,
        scale: { zero: false },
        axis: { tickCount: 5 },
      },
      color: {
        field: 'trial',
        type: 'quantitative',
        scale: { domain: [0, last], range: sequentialBlues.slice(1) },
        legend: null,
      },
    },
  }
}

/** Trials that share a place, moved by what looks like chance, and is always the same: −1 to 1. */
const apart = (trial: number) => 2 * ((trial * 0.618033988749895) % 1) - 1
