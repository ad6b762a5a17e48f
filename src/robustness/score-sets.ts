import type { Bundle } from '../bundle/index.ts'
import { type CorruptionName, corruptionNames, severities } from '../contracts/index.ts'
import type { Progress } from '../core/index.ts'
import { type ServedScores, servedScores, servedTemperature } from '../evaluation/index.ts'
import type { CorruptedSets, Sample } from './corrupted-sets.ts'

export interface SetScores extends ServedScores {
  readonly severity: number
  readonly sha256: string
}

/** How one model does on a sample and on all corrupted copies of it. */
export interface ModelScores {
  readonly clean: ServedScores
  readonly corrupted: Readonly<Record<CorruptionName, readonly SetScores[]>>
}

export interface ScoringOptions {
  readonly sample: Sample
  readonly sets: CorruptedSets
  readonly progress: Progress
  readonly signal: AbortSignal
  /** Sees the pixels of each set, in the order of the table. */
  readonly onSet?: (name: CorruptionName, images: Uint8Array) => void
}

/** Runs several models over the same sets, each set loaded once. */
export async function scoreSets(
  bundles: readonly Bundle[],
  { sample, sets, progress, signal, onSet }: ScoringOptions,
): Promise<ModelScores[]> {
  const total = (1 + corruptionNames.length * severities.length) * sample.size
  const bar = progress.start({ label: 'Judging', total, unit: 'images' })
  const clean = await scoreAll(bundles, sample, sample.images)
  let done = sample.size
  const corrupted = bundles.map(() => ({}) as Record<CorruptionName, SetScores[]>)
  for (const name of corruptionNames) {
    for (const severity of severities) {
      signal.throwIfAborted()
      bar.update(done, `${name} ${severity}`)
      const { images, sha256 } = await sets.load(name, severity)
      onSet?.(name, images)
      for (const [at, scores] of (await scoreAll(bundles, sample, images)).entries()) {
        const ofModel = corrupted[at]!
        ofModel[name] = [...(ofModel[name] ?? []), { severity, ...scores, sha256 }]
      }
      done += sample.size
      // between two sets the terminal and a signal get their turn
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  bar.update(done)
  bar.finish()
  return clean.map((scores, at) => ({ clean: scores, corrupted: corrupted[at]! }))
}

async function scoreAll(
  bundles: readonly Bundle[],
  { labels, size }: Sample,
  images: Uint8Array<ArrayBuffer>,
): Promise<ServedScores[]> {
  const scores: ServedScores[] = []
  for (const { manifest, predict } of bundles) {
    const { probabilities, logits } = await predict(images, size)
    const predictions = { labels, probabilities, logits, classes: manifest.classes }
    scores.push(servedScores(predictions, servedTemperature(manifest)))
  }
  return scores
}
