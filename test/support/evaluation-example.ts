/** A made-up evaluation that looks like some epochs of training and their result. */
import type { EvaluationReport } from '../../src/contracts/index.ts'
import { createRandom } from '../../src/core/index.ts'
import { buildReport, type Predictions, type TrainingCurves } from '../../src/evaluation/index.ts'

const FASHION_CLASSES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
]

/** Classes that look like one another in Fashion-MNIST, and how much. */
const LIKENESS: readonly (readonly [number, number, number])[] = [
  [0, 6, 2.6],
  [2, 4, 2.4],
  [2, 6, 2.2],
  [3, 6, 1.4],
  [4, 6, 2.4],
  [5, 7, 1.7],
  [7, 9, 2.1],
]

function examplePredictions(images: number, classes = FASHION_CLASSES): Predictions {
  const random = createRandom(7, 'sketch')
  const labels = Int32Array.from({ length: images }, () => random.integer(classes.length))
  const logits = new Float32Array(images * classes.length)
  const probabilities = new Float32Array(logits.length)
  for (let row = 0; row < images; row++) {
    const scores = classes.map((_, k) => 1.9 * random.normal() + likeness(labels[row]!, k))
    const weights = scores.map((score) => Math.exp(score))
    const sum = weights.reduce((a, b) => a + b, 0)
    logits.set(scores, row * classes.length)
    probabilities.set(
      weights.map((weight) => weight / sum),
      row * classes.length,
    )
  }
  return { labels, logits, probabilities, classes }
}

function likeness(actual: number, other: number): number {
  if (actual === other) return 7.5
  const pair = LIKENESS.find(
    ([a, b]) => (a === actual && b === other) || (b === actual && a === other),
  )
  return pair === undefined ? 0 : 1.6 * pair[2]
}

export function exampleReport(
  images = 10_000,
  classes = FASHION_CLASSES,
  split: 'val' | 'test' = 'test',
): EvaluationReport {
  return buildReport({
    predictions: examplePredictions(images, classes),
    model: {
      source: 'runs/20261123-051200-brisk-otter/model.onnx',
      sha256: '4f3c'.repeat(16),
      run_id: '20261123-051200-brisk-otter',
      architecture: 'cnn',
      parameters: 421_642,
      seed: 42,
      weight_digest: '9ab1'.repeat(16),
    },
    dataset: { name: 'fashion-mnist', digest: '77de'.repeat(16), split },
    testLooks: split === 'test' ? { dataset: 3, run: 1 } : null,
    temperature: 1.12,
    calibrated: false,
    clock: { now: () => Date.UTC(2026, 10, 23, 5, 12), monotonic: () => 0 },
  })
}

export function exampleCurves(epochs: number, stepsPerEpoch: number): TrainingCurves {
  const random = createRandom(8, 'sketch')
  const best = Math.max(1, epochs - 2)
  const lossAt = (progress: number) =>
    0.2 + 0.35 * Math.exp(-3 * progress) + 1.75 * Math.exp(-90 * progress)
  const steps = Array.from({ length: epochs * stepsPerEpoch }, (_, at) => {
    const loss = lossAt(at / (epochs * stepsPerEpoch)) * Math.exp(0.25 * random.normal())
    const right = Math.round(64 * Math.exp(-0.36 * loss) + 1.5 * random.normal())
    const accuracy = Math.min(64, right) / 64
    return { step: at + 1, epoch: Math.floor(at / stepsPerEpoch) + 1, loss, accuracy }
  })
  return {
    steps,
    epochs: Array.from({ length: epochs }, (_, at) => {
      const [epoch, step] = [at + 1, (at + 1) * stepsPerEpoch]
      const train = lossAt((at + 0.6) / epochs)
      const val = lossAt((at + 1) / epochs) + 0.035 + (epoch > best ? 0.01 * (epoch - best) : 0)
      return {
        epoch,
        step,
        train_loss: train,
        train_accuracy: Math.exp(-0.36 * train),
        val_loss: val,
        val_accuracy: Math.exp(-0.36 * val),
        best: epoch === best,
      }
    }),
  }
}
