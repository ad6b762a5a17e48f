import type { PredictionModel, PredictionRecord } from '../../src/contracts/index.ts'
import { timeOrderedId } from '../../src/core/index.ts'

export const EXAMPLE_MODEL: PredictionModel = {
  name: 'garments',
  version: 3,
  sha256: 'ab'.repeat(32),
  fingerprint: 'cd'.repeat(32),
  classes: ['coat', 'shoe, left', 'bag'],
}

/** A record that differs from every other one in each of its numbers. */
export function predictionRecord(
  at: number,
  time: number,
  model: PredictionModel = EXAMPLE_MODEL,
): PredictionRecord {
  const probabilities = [0.5, 0.25, 0.25]
  const shift = at % 3
  return {
    id: timeOrderedId(time),
    time,
    model,
    features: { avg_brightness: -0.5 + at / 1e6, contrast: 0.25 + at / 1e7 },
    image: { width: 28 + at, height: 30 + at, format: at % 2 === 0 ? 'png' : 'jpeg' },
    predicted_class: model.classes[shift]!,
    confidence: 0.5,
    probabilities: [0, 1, 2].map((k) => probabilities[(k + 3 - shift) % 3]!),
    latency_ms: 1.5 + at,
  }
}
