import type { Distribution, ParameterValue } from '../definition/distribution.ts'
import { positionOf } from '../sampling/position.ts'
import { canonicalText } from '../sampling/trial-params.ts'
import { mainEffects } from './functional-anova.ts'
import { growForest } from './random-forest.ts'
import {
  parameterName,
  type SweepResults,
  scoredTrials,
  variedParameters,
} from './sweep-results.ts'

export interface ParameterImportance {
  readonly name: string
  /** Of the variance that a random forest sees over the whole search space, by this parameter alone. */
  readonly share: number
  /**
   * Of the metric with the parameter on the scale that it is drawn from, −1 to 1; null for choices of
   * more than two, which have no order, and where nothing varies.
   */
  readonly correlation: number | null
}

/** With fewer there is nothing to learn from. */
const LEAST_TRIALS = 4

/** How much each parameter matters, most important first; nothing for fewer than four scored trials. */
export function parameterImportance(results: SweepResults): ParameterImportance[] {
  const parameters = variedParameters(results)
  const positioned = scoredTrials(results).map(({ values, metric }) => ({
    metric,
    point: parameters.map(({ distribution }, i) => centerOf(distribution, values[i]!)),
  }))
  const trials = positioned.filter(({ point }) => point.every(Number.isFinite))
  if (trials.length < LEAST_TRIALS) return []
  const points = trials.map(({ point }) => point)
  const metrics = trials.map(({ metric }) => metric)
  const shares = mainEffects(growForest(points, metrics), parameters.length)
  return parameters
    .map((parameter, axis) => ({
      name: parameterName(parameter),
      share: shares[axis]!,
      correlation: hasOrder(parameter.distribution)
        ? correlation(
            points.map((point) => point[axis]!),
            metrics,
          )
        : null,
    }))
    .sort((a, b) => b.share - a.share)
}

/** A position; of a choice the middle of its part, so that cuts lie between the parts. */
function centerOf(distribution: Distribution, value: ParameterValue): number {
  const position = positionOf(distribution, value)
  if (distribution.type === 'categorical') return position - 0.5 / distribution.values.length
  if (distribution.type !== 'categorical_w_probabilities') return position
  const key = canonicalText(value)
  const index = distribution.values.findIndex((candidate) => canonicalText(candidate) === key)
  return position - (distribution.probabilities[index] ?? 0) / 2
}

function hasOrder(distribution: Distribution): boolean {
  if (!('values' in distribution)) return true
  const { values } = distribution
  const isAscending = values.every(
    (value, i) => typeof value === 'number' && (i === 0 || value > (values[i - 1] as number)),
  )
  return values.length === 2 || isAscending
}

/** Pearson's; null where one of both does not vary. */
function correlation(a: readonly number[], b: readonly number[]): number | null {
  if (isConstant(a) || isConstant(b)) return null
  const [da, db] = [centered(a), centered(b)]
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0)
  const value = dot(da, db) / Math.sqrt(dot(da, da) * dot(db, db))
  return Math.max(-1, Math.min(1, value))
}

const isConstant = (values: readonly number[]) => values.every((value) => value === values[0])

function centered(values: readonly number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return values.map((value) => value - mean)
}
