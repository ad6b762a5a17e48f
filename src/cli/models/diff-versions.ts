import type { ModelVersion } from '../../contracts/index.ts'
import { flattenConfig } from '../../tracking/index.ts'
import { codeText } from './version-text.ts'

export interface VersionDifference {
  readonly key: string
  readonly a: unknown
  readonly b: unknown
}

/** Everything in which two versions differ: file, results, data, code, machine, settings. */
export function diffVersions(a: ModelVersion, b: ModelVersion): VersionDifference[] {
  const [left, right] = [factsOf(a), factsOf(b)]
  const keys = new Set([...left.keys(), ...right.keys()])
  return [...keys]
    .map((key) => ({ key, a: left.get(key), b: right.get(key) }))
    .filter((row) => JSON.stringify(row.a) !== JSON.stringify(row.b))
}

function factsOf(version: ModelVersion): ReadonlyMap<string, unknown> {
  const { lineage, sha256, bytes, description, tags } = version
  const { manifest, run, config, evaluations } = lineage
  const results = evaluations.flatMap(({ dataset, accuracy, loss, ece }) => [
    [`${dataset.split}.accuracy`, accuracy.value] as const,
    [`${dataset.split}.loss`, loss] as const,
    [`${dataset.split}.ece`, ece] as const,
  ])
  return new Map<string, unknown>([
    ['description', description],
    ['tags', tags.join(', ')],
    ['sha256', sha256],
    ['bytes', bytes],
    ['val.accuracy', manifest.metrics.val_accuracy],
    ['val.loss', manifest.metrics.val_loss],
    ['best.epoch', manifest.metrics.epoch],
    ...results,
    ['run', manifest.run_id],
    ['architecture', manifest.architecture],
    ['parameters', manifest.parameters],
    ['classes', manifest.classes.join(', ')],
    ['preprocessing', manifest.preprocessing_fingerprint],
    ['data', manifest.dataset.name],
    ['data.digest', manifest.dataset.digest],
    ['weight_digest', manifest.weight_digest],
    ['config_digest', manifest.config_digest],
    ['code', run === null ? undefined : codeText(run.git)],
    ['machine', run === null ? undefined : `${run.environment.host}, ${run.environment.platform}`],
    ...Object.entries(run?.environment.libraries ?? {}),
    ...flattenConfig(config ?? {}),
  ])
}
