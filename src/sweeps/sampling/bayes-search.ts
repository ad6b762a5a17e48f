import { normalCdf, normalDensity } from '../../statistics/index.ts'
import type { SweepFile } from '../definition/sweep-file.ts'
import {
  fitGaussianProcess,
  type GaussianProcess,
  type Points,
} from '../statistics/gaussian-process.ts'
import { type Observations, observe } from './observations.ts'
import { quantileOf } from './quantile.ts'
import { type Draw, randomPoint } from './random-search.ts'
import type { Trial, TrialParams } from './trial.ts'
import { nestParams } from './trial-params.ts'

const CANDIDATES = 1000
/** Fitting takes the cube of their number. */
const MAX_POINTS = 100
const LEAST_REAL_POINTS = 5
/** Added to a deviation that is divided by. */
const STABLE = 1e-6

/** The candidate that promises the greatest improvement on the best trial; random below two trials. */
export function bayesPoint(sweep: SweepFile, trials: readonly Trial[], draw: Draw): TrialParams {
  const { metric, parameters } = sweep
  if (metric === undefined) throw new RangeError('A bayes search needs a metric.')
  const observations = observe(sweep, metric, trials)
  if (observations.points.length < 2) return randomPoint(sweep, draw)
  const model = modelOf(observations, draw)
  const varied = parameters.filter(({ distribution }) => distribution.type !== 'constant')
  const candidates = Array.from({ length: CANDIDATES }, () => varied.map(draw))
  const chosen = bestCandidate(model, Math.min(...observations.values), candidates, draw)
  let next = 0
  return nestParams(
    parameters.map(({ path, distribution }) => {
      const u = distribution.type === 'constant' ? 0 : candidates[chosen]![next++]!
      return [path, quantileOf(distribution, u)] as const
    }),
  )
}

/** The model of the metric. Trials that run count as if they gave what it predicts without them. */
export function modelOf({ points, values, running }: Observations, draw: Draw): GaussianProcess {
  const chosen = points.length > MAX_POINTS ? sample(points.length, draw) : points.keys()
  const known = [...chosen].map((index) => ({ point: points[index]!, value: values[index]! }))
  const fitTo = (observed: typeof known) =>
    fitGaussianProcess(
      observed.map(({ point }) => point),
      observed.map(({ value }) => value),
    )
  const model = fitTo(known)
  const imagined = running
    .slice(0, MAX_POINTS - LEAST_REAL_POINTS)
    .map((point) => ({ point, value: model.predict(point).mean * model.deviation + model.mean }))
    .filter(({ value }) => Number.isFinite(value))
  return imagined.length === 0 ? model : fitTo([...known, ...imagined])
}

const sample = (length: number, draw: Draw) =>
  Array.from({ length: MAX_POINTS }, () => Math.floor(draw() * length))

/**
 * Which candidate to try: the first with the greatest expected improvement on `best`. A model that
 * could not be fitted chooses blindly, though never the last, as the `sweeps` package does it.
 */
export function bestCandidate(
  model: GaussianProcess,
  best: number,
  candidates: Points,
  draw: Draw,
): number {
  if (model.isAtBound) return Math.floor(draw() * (candidates.length - 1))
  const improvements = candidates.map((point) => expectedImprovement(model, best, point))
  return improvements.indexOf(improvements.reduce((a, b) => Math.max(a, b)))
}

/** By how much a value at a point is expected to be below `best`, in deviations of the values. */
export function expectedImprovement(
  { predict, mean, deviation }: GaussianProcess,
  best: number,
  point: readonly number[],
): number {
  const prediction = predict(point)
  const gain = (best - mean) / deviation - prediction.mean
  const z = gain / (prediction.deviation + STABLE)
  return gain * normalCdf(z) + prediction.deviation * normalDensity(z)
}
