import type { BatchRunner } from './batch-runner.ts'

/** Float32 sums of a batch may differ from those of one picture in their last digits. */
const BATCH_TOLERANCE = 1e-5
const SUM_TOLERANCE = 1e-3

/**
 * Runs pictures through a model before it takes traffic, which also warms it up for the smallest and
 * the largest batch. Gives the reason why it may not be served; undefined where there is none.
 */
export async function smokeTest(runner: BatchRunner): Promise<string | undefined> {
  const { images, maxBatch, probabilities } = runner
  const imageBytes = images.length / maxBatch
  const classes = probabilities.length / maxBatch
  for (let i = 0; i < images.length; i++) images[i] = patternByte(i)
  await runner.run(1)
  const alone = probabilities.slice(0, classes)
  // the first picture again, last in a full batch
  images.copyWithin(images.length - imageBytes, 0, imageBytes)
  await runner.run(maxBatch)
  const fault = faultOf(runner, classes)
  if (fault !== undefined) return fault
  const last = probabilities.subarray(probabilities.length - classes)
  const differs = alone.some((value, k) => Math.abs(value - last[k]!) > BATCH_TOLERANCE)
  return differs ? 'its answer for a picture depends on the rest of the batch' : undefined
}

/** Noise, the same at every run: nothing in it repeats from picture to picture. */
function patternByte(i: number): number {
  return (Math.imul(i + 1, 0x9e3779b1) >>> 24) & 0xff
}

function faultOf({ probabilities, logits }: BatchRunner, classes: number): string | undefined {
  if (!logits.every(Number.isFinite)) return 'it gives logits that are not numbers'
  for (let row = 0; row < probabilities.length; row += classes) {
    let sum = 0
    for (let k = row; k < row + classes; k++) {
      const value = probabilities[k]!
      if (!(value >= 0 && value <= 1)) return 'it gives probabilities outside [0, 1]'
      sum += value
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      return `its probabilities sum to ${sum.toFixed(3)}, wanted 1`
    }
  }
  return undefined
}
