import type { BundleManifest, ReferenceRows } from '../contracts/index.ts'
import { imageSize, type Split } from '../data/index.ts'
import { describePixels, pixelFeatureNames } from '../image/index.ts'

/** Enough for drift tests; more rows would only make every comparison slower. */
const MOST_ROWS = 6000

/**
 * What the exported model answers on a held-out split, whose logits [N, K] are at hand: no second pass
 * over the images. At most `most` rows, 6,000 where absent, evenly spread over the split; no labels
 * where the split has none.
 */
export function referenceRows(
  val: Split,
  logits: Float32Array,
  manifest: BundleManifest,
  most = MOST_ROWS,
): ReferenceRows {
  const { classes, temperature, preprocessing } = manifest
  const count = Math.min(val.size, most)
  const picked = Int32Array.from({ length: count }, (_, i) => Math.floor((i * val.size) / count))
  const size = imageSize(preprocessing.geometry)
  const described = Array.from(picked, (at) =>
    describePixels(val.images.subarray(at * size, (at + 1) * size), preprocessing.geometry),
  )
  const answers = Array.from(picked, (at) =>
    answerOf(logits.subarray(at * classes.length, (at + 1) * classes.length), temperature),
  )
  const probabilities = new Float32Array(count * classes.length)
  for (const [row, answer] of answers.entries()) {
    probabilities.set(answer.probabilities, row * classes.length)
  }
  return {
    header: headerOf(manifest),
    count,
    features: Object.fromEntries(
      pixelFeatureNames.map((name) => [name, Float64Array.from(described, (all) => all[name])]),
    ),
    labels: val.labels.length === 0 ? new Int32Array(0) : picked.map((at) => val.labels[at]!),
    predicted: Int32Array.from(answers, ({ predicted }) => predicted),
    confidence: Float32Array.from(
      answers,
      ({ probabilities, predicted }) => probabilities[predicted]!,
    ),
    probabilities,
  }
}

function headerOf(manifest: BundleManifest): ReferenceRows['header'] {
  return {
    format: 'atelier-reference',
    version: 1,
    run_id: manifest.run_id,
    weight_digest: manifest.weight_digest,
    dataset: manifest.dataset,
    split: 'val',
    classes: manifest.classes,
    features: [...pixelFeatureNames],
  }
}

/** softmax(logits / temperature) of one image, as the graph has it; the first of equals is predicted. */
function answerOf(logits: Float32Array, temperature: number) {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  const powers = Float64Array.from(logits, (value) => Math.exp((value - top) / temperature))
  const sum = powers.reduce((a, b) => a + b, 0)
  return {
    probabilities: Float32Array.from(powers, (power) => power / sum),
    predicted: logits.indexOf(top),
  }
}
