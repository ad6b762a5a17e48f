import { logSoftmaxAt } from './cross-entropy.ts'

/** One bar of the reliability diagram: the predictions whose confidence lies in (low, high]. */
export interface ReliabilityBin {
  readonly low: number
  readonly high: number
  readonly count: number
  /** Mean confidence; 0 in an empty bin. */
  readonly confidence: number
  /** Share of right predictions; 0 in an empty bin. */
  readonly accuracy: number
}

const BINS = 15

/**
 * Equal-width bins over the confidence of the predicted class, open below and closed above as in
 * Guo et al., "On Calibration of Modern Neural Networks" (2017).
 */
export function reliabilityBins(
  confidences: Float64Array,
  labels: Int32Array,
  predicted: Int32Array,
): ReliabilityBin[] {
  const sums = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, hits: 0 }))
  for (let i = 0; i < labels.length; i++) {
    const at = Math.min(Math.max(Math.ceil(confidences[i]! * BINS) - 1, 0), BINS - 1)
    const bin = sums[at]!
    bin.count++
    bin.confidence += confidences[i]!
    if (labels[i] === predicted[i]) bin.hits++
  }
  return sums.map(({ count, confidence, hits }, at) => ({
    low: at / BINS,
    high: (at + 1) / BINS,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : hits / count,
  }))
}

/** Expected calibration error: mean gap of confidence and accuracy over the bins, by their counts. */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const images = bins.reduce((sum, { count }) => sum + count, 0)
  const gaps = bins.map((bin) => bin.count * Math.abs(bin.accuracy - bin.confidence))
  return gaps.reduce((sum, gap) => sum + gap, 0) / images
}

/** Mean over images of Σₖ (pₖ − [k is true])², from 0 to 2 also for two classes. */
export function brierScore(
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
): number {
  let sum = 0
  for (let row = 0; row < labels.length; row++) {
    for (let k = 0; k < classes; k++) {
      const wanted = k === labels[row] ? 1 : 0
      sum += (probabilities[row * classes + k]! - wanted) ** 2
    }
  }
  return sum / labels.length
}

/** [N]: probability of the predicted class. */
export function confidencesOf(
  probabilities: Float32Array,
  predicted: Int32Array,
  classes: number,
): Float64Array {
  return Float64Array.from(predicted, (column, row) => probabilities[row * classes + column]!)
}

/**
 * [N, K]: softmax(logits / temperature). Rounded to float32 like a served answer: k / 15 is no
 * float32, so no answer sits on the edge of a bin.
 */
export function probabilitiesAt(
  temperature: number,
  logits: Float32Array,
  classes: number,
): Float32Array {
  const probabilities = new Float32Array(logits.length)
  for (let row = 0; row < logits.length / classes; row++) {
    for (let k = 0; k < classes; k++) {
      const logarithm = logSoftmaxAt(logits, row, k, classes, temperature)
      probabilities[row * classes + k] = Math.exp(logarithm)
    }
  }
  return probabilities
}
