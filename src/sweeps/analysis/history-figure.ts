import { palette, type VegaLiteSpec } from '../../figures/index.ts'
import { short } from './axis-scale.ts'
import { type SweepResults, scoredTrials } from './sweep-results.ts'

/** The metric of each trial in the order they were chosen, and the best until then. */
export function historySpec(results: SweepResults): VegaLiteSpec {
  const { metric, trials } = results
  const scored = scoredTrials(results).sort((a, b) => a.trial - b.trial)
  const better = metric.goal === 'maximize' ? Math.max : Math.min
  let best = metric.goal === 'maximize' ? -Infinity : Infinity
  const points = scored.map(({ trial, metric: value, deviation }) => {
    best = better(best, value)
    const spread = deviation ?? 0
    return { trial, value, best, low: value - spread, high: value + spread }
  })
  const last = trials.reduce((most, { trial }) => Math.max(most, trial), 0)
  // the line goes on to the last trial, whatever became of that
  const steps = points.length === 0 ? [] : [...points, { ...points.at(-1)!, trial: last }]
  const x = {
    field: 'trial',
    type: 'quantitative',
    title: 'trial',
    scale: { domain: [-0.5, last + 0.5], nice: false },
    axis: { tickMinStep: 1, format: 'd' },
  }
  const y = (field: string) => ({
    field,
    type: 'quantitative',
    title: metric.name,
    scale: { zero: false },
  })
  const hasSpread = scored.some(({ deviation }) => deviation !== null)
  return {
    width: 640,
    height: 340,
    title: { text: 'Trials', subtitle: subtitle(results, hasSpread) },
    layer: [
      {
        data: { values: steps },
        mark: { type: 'line', interpolate: 'step-after', color: palette.orange, strokeWidth: 1.5 },
        encoding: { x, y: y('best') },
      },
      ...(hasSpread
        ? [
            {
              data: { values: points },
              mark: { type: 'rule', color: palette.blue, opacity: 0.6 },
              encoding: { x, y: y('low'), y2: { field: 'high' } },
            },
          ]
        : []),
      {
        data: { values: points },
        mark: { type: 'point', color: palette.blue, opacity: 0.9, size: 55 },
        encoding: { x, y: y('value') },
      },
    ],
  }
}

function subtitle(results: SweepResults, hasSpread: boolean): string[] {
  const scored = scoredTrials(results)
  const sign = results.metric.goal === 'maximize' ? -1 : 1
  const [best] = scored.toSorted((a, b) => sign * (a.metric - b.metric) || a.trial - b.trial)
  const rest = results.trials.length - scored.length
  const parts = [
    best === undefined
      ? 'no trial is complete'
      : `best: trial ${best.trial}, ${short(best.metric)}`,
    ...(rest > 0 ? [`${rest} without a result`] : []),
  ]
  return [
    parts.join('; '),
    ...(hasSpread ? ['mean over the seeds, bars of one standard deviation'] : []),
  ]
}
