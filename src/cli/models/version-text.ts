import type { ModelAlias, ModelVersion } from '../../contracts/index.ts'
import { type Fact, formatFacts } from '../format-facts.ts'
import { formatAge, formatBytes, formatTime } from '../run-cells.ts'

const SHORT = 12

/** All of a version that is worth a line. */
export function versionText(
  version: ModelVersion,
  aliases: readonly ModelAlias[],
  now: number,
): string {
  return [
    formatFacts(identityFacts(version, aliases, now)),
    formatFacts([...resultFacts(version), ...originFacts(version)]),
  ].join('\n\n')
}

function identityFacts(version: ModelVersion, aliases: readonly ModelAlias[], now: number): Fact[] {
  const { name, version: number, sha256, bytes, created, actor, description, tags } = version
  const age = formatAge(now - Date.parse(created))
  return [
    ['model', `${name} version ${number}`],
    ['aliases', aliasNames(aliases, number) || undefined],
    ['tags', tags.join(', ') || undefined],
    ['description', description || undefined],
    ['registered', `${formatTime(created)} UTC${age === 'now' ? '' : `, ${age} ago`}, ${actor}`],
    ['file', `${formatBytes(bytes)}, sha256 ${sha256}`],
  ]
}

/** `production, staging`: the aliases that point to a version. */
export function aliasNames(aliases: readonly ModelAlias[], version: number): string {
  return aliases
    .filter((alias) => alias.version === version)
    .map(({ alias }) => alias)
    .join(', ')
}

function resultFacts({ lineage: { manifest, evaluations } }: ModelVersion): Fact[] {
  const { epoch, val_accuracy, val_loss } = manifest.metrics
  const validation = `accuracy ${val_accuracy.toFixed(4)}, loss ${val_loss.toFixed(4)}, epoch ${epoch}`
  const test = evaluations.find(({ dataset }) => dataset.split === 'test')
  return [
    ['validation', validation],
    ['test', test && testText(test)],
  ]
}

function testText({
  accuracy,
  served,
  ece,
  ece_calibrated,
  test_looks,
}: ModelVersion['lineage']['evaluations'][number]): string {
  const looks = test_looks === null ? '' : `, look ${test_looks.dataset} at this data`
  const error = served === 'calibrated' ? ece_calibrated : ece
  const interval = `${accuracy.low.toFixed(4)} to ${accuracy.high.toFixed(4)}`
  return `accuracy ${accuracy.value.toFixed(4)} (${interval}), calibration error ${error.toFixed(4)}${looks}`
}

function originFacts({ lineage: { manifest, run } }: ModelVersion): Fact[] {
  const { architecture, parameters, seed, dataset, run_id } = manifest
  return [
    ['network', `${architecture}, ${parameters} parameters, seed ${seed}`],
    ['run', run === null ? `${run_id}, not at hand when registered` : run_id],
    ['data', `${dataset.name}, digest ${dataset.digest.slice(0, SHORT)}`],
    ['config', `digest ${manifest.config_digest.slice(0, SHORT)}`],
    ['weights', `digest ${manifest.weight_digest.slice(0, SHORT)}`],
    ['code', run === null ? undefined : codeText(run.git)],
  ]
}

export function codeText(git: NonNullable<ModelVersion['lineage']['run']>['git']): string {
  if (git === null) return 'not in a git repository'
  const branch = git.branch === null ? '' : ` on ${git.branch}`
  return `${git.commit.slice(0, SHORT)}${branch}${git.dirty ? ', with uncommitted changes' : ''}`
}
