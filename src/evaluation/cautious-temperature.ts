import { lowestAccuracy } from './accuracy.ts'
import { logSoftmaxAt } from './cross-entropy.ts'
import { fitTemperature, HOTTEST } from './fit-temperature.ts'
import { predictedClasses } from './predictions.ts'

const PRECISION = 1e-9

/**
 * The temperature for serving. The most likely one makes a model as sure as it was right on the
 * validation split, whose accuracy is one draw and, since the epoch was chosen by it, rather a good
 * one; new images are then met with too much confidence. So the temperature is raised, where it must
 * be, until the mean confidence claims no more than the accuracy that validation vouches for: the lower
 * end of its interval, 95 % on one side. The more validation images, the smaller the step.
 */
export function cautiousTemperature(
  logits: Float32Array,
  labels: Int32Array,
  classes: number,
): number {
  const likeliest = fitTemperature(logits, labels, classes)
  const predicted = predictedClasses(logits, classes)
  const hits = predicted.filter((column, row) => column === labels[row]).length
  const allowed = lowestAccuracy(hits, labels.length)
  const claims = (temperature: number) => {
    let sum = 0
    for (const [row, column] of predicted.entries()) {
      sum += Math.exp(logSoftmaxAt(logits, row, column, classes, temperature))
    }
    return sum / labels.length
  }
  if (claims(likeliest) <= allowed) return likeliest
  if (claims(HOTTEST) > allowed) return HOTTEST
  // confidence falls as the temperature rises, so halving finds where it meets what is allowed
  let [low, high] = [likeliest, HOTTEST]
  while (high / low - 1 > PRECISION) {
    const middle = Math.sqrt(low * high)
    if (claims(middle) > allowed) low = middle
    else high = middle
  }
  return high
}
