import type { Bundle } from '../bundle/index.ts'
import {
  type CorruptionName,
  corruptionNames,
  type DatasetManifest,
  type ErrorTable,
  type RobustnessReport,
  severities,
} from '../contracts/index.ts'
import type { Clock } from '../core/index.ts'
import { describeModel, type ServedScores, servedTemperature } from '../evaluation/index.ts'
import { corruptionErrors } from './corruption-error.ts'
import { corruptions } from './corruptions.ts'
import type { ModelScores } from './score-sets.ts'

export interface RobustnessInput {
  readonly bundle: Pick<Bundle, 'manifest' | 'sha256'>
  /** What the report calls the model: its file. */
  readonly source: string
  readonly dataset: DatasetManifest
  readonly splitName: RobustnessReport['dataset']['split']
  /** How many images were judged. */
  readonly images: number
  /** Null unless the split is `test`. */
  readonly testLooks: RobustnessReport['test_looks']
  /** Of the corruptions. */
  readonly seed: number
  readonly scores: ModelScores
  /** Null: errors are reported without one. */
  readonly reference: RobustnessReport['reference']
  readonly clock: Clock
}

/** All numbers of `robustness.json`. */
export function buildRobustnessReport(input: RobustnessInput): RobustnessReport {
  const { bundle, dataset, scores, reference } = input
  const errors =
    reference === null ? undefined : corruptionErrors(errorTableOf(scores), reference.errors)
  const mean = meanScores(Object.values(scores.corrupted).flat())
  return {
    format: 'atelier-robustness',
    version: 1,
    created: new Date(input.clock.now()).toISOString(),
    model: describeModel(bundle, input.source),
    dataset: {
      name: dataset.name,
      digest: dataset.digest,
      split: input.splitName,
      size: input.images,
    },
    test_looks: input.testLooks,
    temperature: servedTemperature(bundle.manifest),
    seed: input.seed,
    clean: scores.clean,
    corruptions: corruptionNames.map((name) => ({
      name,
      family: corruptions[name].family,
      severities: [...scores.corrupted[name]],
      ce: errors?.ce[name] ?? null,
      relative_ce: errors?.relative[name] ?? null,
    })),
    mean,
    unnormalized_mce: 1 - mean.accuracy,
    mce: errors?.mce ?? null,
    relative_mce: errors?.relativeMce ?? null,
    reference,
  }
}

/** Error rates by corruption and severity. */
export function errorTableOf({ clean, corrupted }: ModelScores): ErrorTable {
  const rates = (name: CorruptionName) => corrupted[name].map(({ accuracy }) => 1 - accuracy)
  return {
    clean: 1 - clean.accuracy,
    corrupted: Object.fromEntries(
      corruptionNames.map((name) => [name, rates(name)]),
    ) as ErrorTable['corrupted'],
  }
}

/** Every corruption has as many severities, so that the mean over all is the mean of means. */
function meanScores(scores: readonly ServedScores[]): ServedScores {
  const mean = (key: keyof ServedScores) =>
    scores.reduce((sum, each) => sum + each[key], 0) / scores.length
  return { accuracy: mean('accuracy'), ece: mean('ece'), nll: mean('nll'), brier: mean('brier') }
}

/** Means over the corruptions, a severity each; the clean scores first. */
export function scoresBySeverity({
  clean,
  corruptions,
}: RobustnessReport): readonly ServedScores[] {
  const ofSeverity = (severity: number) =>
    corruptions.map((corruption) => corruption.severities[severity - 1]!)
  return [clean, ...severities.map((severity) => meanScores(ofSeverity(severity)))]
}
