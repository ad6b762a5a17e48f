import { palette, type VegaLiteSpec } from '../../figures/index.ts'
import { numberScale, parameterScale } from './axis-scale.ts'
import {
  parameterName,
  type ScoredTrial,
  type SweepResults,
  scoredTrials,
  variedParameters,
} from './sweep-results.ts'

const AXIS_GAP = 130
const HEIGHT = 320
/** From bad to good: grey would vanish, and red and green are one to many. */
const BAD_TO_GOOD = ['#d9e6ef', '#9cc3dd', '#5b97c4', '#0b63a0', '#06396b']

/** One line per trial through its parameters to its metric, the best in orange. */
export function parallelCoordinatesSpec(results: SweepResults): VegaLiteSpec {
  const { metric } = results
  const scored = byQuality(scoredTrials(results), metric.goal)
  const axes = [
    ...variedParameters(results).map((parameter, i) => ({
      name: parameterName(parameter),
      scale: parameterScale(
        parameter.distribution,
        scored.map(({ values }) => values[i]!),
      ),
      valueIn: ({ values }: ScoredTrial) => values[i]!,
    })),
    {
      name: metric.name,
      scale: numberScale(scored.map((trial) => trial.metric)),
      valueIn: (trial: ScoredTrial) => trial.metric,
    },
  ]
  const best = scored.at(-1)
  const lines = scored.flatMap((trial) =>
    axes.flatMap(({ scale, valueIn }, axis) => {
      const place = scale.place(valueIn(trial))
      return place === null ? [] : [{ trial: trial.trial, axis, place, metric: trial.metric }]
    }),
  )
  const labels = axes.flatMap(({ scale }, axis) => scale.ticks.map((tick) => ({ axis, ...tick })))
  return {
    width: AXIS_GAP * Math.max(1, axes.length - 1),
    height: HEIGHT,
    title: {
      text: 'Trials by their parameters',
      subtitle: `darker is better by ${metric.name}${best === undefined ? '' : `; orange: trial ${best.trial}, the best`}`,
    },
    layer: [
      linesLayer(lines, metric.goal),
      bestLayer(lines.filter(({ trial }) => trial === best?.trial)),
      {
        data: { values: axes.map((_, axis) => ({ axis, place: 0, end: 1 })) },
        mark: { type: 'rule', color: palette.quiet, strokeWidth: 1 },
        encoding: { x: X, y: Y, y2: { field: 'end' } },
      },
      ...labelLayers(labels),
      {
        data: { values: axes.map(({ name }, axis) => ({ axis, place: 1, name })) },
        mark: { type: 'text', dy: -16, fontWeight: 'bold', limit: AXIS_GAP - 8 },
        encoding: { x: X, y: Y, text: { field: 'name', type: 'nominal' } },
      },
    ],
  }
}

const X = { field: 'axis', type: 'quantitative', axis: null, scale: { nice: false, zero: false } }
const Y = {
  field: 'place',
  type: 'quantitative',
  axis: null,
  scale: { domain: [0, 1], nice: false },
}

interface LinePoint {
  readonly trial: number
  readonly axis: number
  readonly place: number
  readonly metric: number
}

function linesLayer(values: readonly LinePoint[], goal: string): object {
  return {
    data: { values },
    mark: { type: 'line', strokeWidth: 1.5, opacity: 0.75, interpolate: 'monotone' },
    encoding: {
      x: X,
      y: Y,
      detail: { field: 'trial', type: 'nominal' },
      color: {
        field: 'metric',
        type: 'quantitative',
        scale: { range: goal === 'maximize' ? BAD_TO_GOOD : BAD_TO_GOOD.toReversed() },
        legend: null,
      },
    },
  }
}

const bestLayer = (values: readonly LinePoint[]) => ({
  data: { values },
  mark: { type: 'line', strokeWidth: 3, color: palette.orange, interpolate: 'monotone' },
  encoding: { x: X, y: Y },
})

/** Twice: a wide white edge first, so that lines do not cross the letters. */
function labelLayers(values: readonly object[]): object[] {
  const encoding = { x: X, y: Y, text: { field: 'label', type: 'nominal' } }
  const mark = { type: 'text', align: 'left', dx: 5, limit: 90 }
  return [
    { ...mark, stroke: palette.paper, strokeWidth: 4, strokeJoin: 'round' },
    { ...mark, color: palette.ink },
  ].map((look) => ({ data: { values }, mark: look, encoding }))
}

/** Worst first: what is drawn last lies on top. */
function byQuality(trials: readonly ScoredTrial[], goal: string): ScoredTrial[] {
  const sign = goal === 'maximize' ? 1 : -1
  return trials.toSorted((a, b) => sign * (a.metric - b.metric) || b.trial - a.trial)
}
