import { openPredictor } from '../bundle/index.ts'
import type { Split } from '../data/index.ts'
import type { Weights } from '../nn/index.ts'
import { imageShape, inferenceModel, type ModelSpec } from './model-spec.ts'

export interface ValidationOptions {
  readonly threads: number
  readonly batchSize: number
}

export interface ValidationResult {
  /** Mean cross-entropy, nats. */
  readonly loss: number
  /** Share of images whose class was predicted right. */
  readonly accuracy: number
  /** [N, classes] */
  readonly logits: Float32Array<ArrayBuffer>
}

/** Judges weights on a split with the very graph that is exported. */
export async function validate(
  spec: ModelSpec,
  weights: Weights,
  split: Split,
  options: ValidationOptions,
): Promise<ValidationResult> {
  const shape = imageShape(spec.geometry)
  const predictor = await openPredictor(inferenceModel(spec, weights), shape, options)
  try {
    const { logits } = await predictor.predict(split.images, split.size)
    return { ...scoreLogits(logits, split.labels), logits }
  } finally {
    await predictor.close()
  }
}

/** Mean cross-entropy (log-sum-exp in float64) and accuracy; the first of equal logits counts. */
export function scoreLogits(
  logits: Float32Array,
  labels: Int32Array,
): Pick<ValidationResult, 'loss' | 'accuracy'> {
  const classes = logits.length / labels.length
  let [lossSum, correct] = [0, 0]
  for (const [row, label] of labels.entries()) {
    const scores = logits.subarray(row * classes, (row + 1) * classes)
    let best = 0
    for (let k = 1; k < classes; k++) if (scores[k]! > scores[best]!) best = k
    let sum = 0
    for (const score of scores) sum += Math.exp(score - scores[best]!)
    lossSum += Math.log(sum) + scores[best]! - scores[label]!
    if (best === label) correct++
  }
  return { loss: lossSum / labels.length, accuracy: correct / labels.length }
}
