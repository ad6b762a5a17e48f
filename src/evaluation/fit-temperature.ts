import { checkLabels, checkMatrix } from './predictions.ts'

/** Outside these, a temperature says that there were too few mistakes (or hits) to fit it. */
const COLDEST = 0.05
export const HOTTEST = 20
const PRECISION = 1e-13
const MOST_STEPS = 100

/**
 * The temperature T that makes softmax(logits / T) most likely given the labels, from 0.05 to 20
 * (a model without mistakes gets 0.05). Fit it on validation data, never on the split it is judged on.
 * The likelihood is convex in β = 1 / T, so its slope has one root: Newton's steps inside a bracket.
 */
export function fitTemperature(logits: Float32Array, labels: Int32Array, classes: number): number {
  checkLabels(labels, classes)
  checkMatrix('logits', logits, labels.length, classes)
  let [low, high] = [1 / HOTTEST, 1 / COLDEST]
  if (slopeAt(logits, labels, classes, low).slope >= 0) return HOTTEST
  if (slopeAt(logits, labels, classes, high).slope <= 0) return COLDEST
  let beta = 1
  for (let step = 0; step < MOST_STEPS && high / low - 1 > PRECISION; step++) {
    const { slope, curvature } = slopeAt(logits, labels, classes, beta)
    if (slope === 0) break
    if (slope > 0) high = beta
    else low = beta
    const next = beta - slope / curvature
    const previous = beta
    // the middle on a logarithmic scale, wherever Newton leaves the bracket
    beta = next > low && next < high ? next : Math.sqrt(low * high)
    if (Math.abs(beta / previous - 1) < PRECISION) break
  }
  return 1 / beta
}

/** First and second derivative by β of the mean cross-entropy of softmax(β · logits). */
function slopeAt(
  logits: Float32Array,
  labels: Int32Array,
  classes: number,
  beta: number,
): { slope: number; curvature: number } {
  let slope = 0
  let curvature = 0
  for (let row = 0; row < labels.length; row++) {
    const scores = logits.subarray(row * classes, (row + 1) * classes)
    const { mean, variance } = momentsUnderSoftmax(scores, beta)
    slope += mean - scores[labels[row]!]!
    curvature += variance
  }
  return { slope: slope / labels.length, curvature: curvature / labels.length }
}

/** Mean and variance of the scores, each weighted by softmax(β · scores). */
function momentsUnderSoftmax(
  scores: Float32Array,
  beta: number,
): { mean: number; variance: number } {
  let top = -Infinity
  for (const score of scores) top = Math.max(top, score)
  let [weights, first, second] = [0, 0, 0]
  for (const score of scores) {
    const weight = Math.exp(beta * (score - top))
    weights += weight
    first += weight * (score - top)
    second += weight * (score - top) ** 2
  }
  const mean = first / weights
  return { mean: top + mean, variance: Math.max(second / weights - mean ** 2, 0) }
}
