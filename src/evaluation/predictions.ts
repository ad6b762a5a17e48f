import { AtelierError } from '../core/index.ts'

/** What a model said about N images of K classes, with the truth. Matrices are row-major [N, K]. */
export interface Predictions {
  /** [N], each 0 … K − 1. */
  readonly labels: Int32Array
  readonly probabilities: Float32Array
  readonly logits: Float32Array
  /** Class names, [K]. */
  readonly classes: readonly string[]
}

/** How far a row of float32 probabilities may be from a sum of one. */
const SUM_TOLERANCE = 1e-3

/** Refuses what cannot be scored: wrong lengths, foreign labels, NaN, rows that are no distribution. */
export function checkPredictions({ labels, probabilities, logits, classes }: Predictions): void {
  checkLabels(labels, classes.length)
  checkMatrix('logits', logits, labels.length, classes.length)
  checkMatrix('probabilities', probabilities, labels.length, classes.length)
  for (let row = 0; row < labels.length; row++)
    checkDistribution(probabilities, row, classes.length)
}

/** Refuses an empty set and labels that are not one of `classes` indices. */
export function checkLabels(labels: Int32Array, classes: number): void {
  if (labels.length === 0) throw invalid('got no images, wanted at least one')
  const row = labels.findIndex((label) => label < 0 || label >= classes)
  if (row < 0) return
  throw invalid(`label of image ${row} is ${labels[row]}, wanted 0 to ${classes - 1}`)
}

/** Refuses a matrix that is not rows × classes, or holds NaN or infinity. */
export function checkMatrix(
  name: string,
  values: Float32Array,
  rows: number,
  classes: number,
): void {
  if (values.length !== rows * classes) {
    throw invalid(`got ${values.length} ${name}, wanted ${rows} images x ${classes} classes`)
  }
  const at = values.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return
  const [row, column] = [Math.floor(at / classes), at % classes]
  throw invalid(`${name} of image ${row}, class ${column} are ${values[at]}, wanted finite numbers`)
}

/** [N]: the class of highest value in each row; the first of equals, as NumPy's argmax. */
export function predictedClasses(values: Float32Array, classes: number): Int32Array {
  const predicted = new Int32Array(values.length / classes)
  for (let row = 0; row < predicted.length; row++) {
    const start = row * classes
    let best = 0
    for (let k = 1; k < classes; k++) if (values[start + k]! > values[start + best]!) best = k
    predicted[row] = best
  }
  return predicted
}

function checkDistribution(probabilities: Float32Array, row: number, classes: number): void {
  let sum = 0
  for (let k = 0; k < classes; k++) {
    const value = probabilities[row * classes + k]!
    if (value < 0) throw invalid(`a probability of image ${row} is ${value}, wanted 0 to 1`)
    sum += value
  }
  if (Math.abs(sum - 1) <= SUM_TOLERANCE) return
  throw invalid(`probabilities of image ${row} add up to ${sum}, wanted 1`)
}

function invalid(problem: string): AtelierError {
  return new AtelierError('EVALUATION_INPUT', `Cannot score these predictions: ${problem}.`, {
    hint: 'Check that the model and the data set belong together and that training did not diverge.',
  })
}
