import { type Bundle, loadBundle } from '../../bundle/index.ts'
import {
  configSchema,
  type GateVerdict,
  type ModelAlias,
  type ModelVersion,
} from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { type Dataset, imageSize, type Split } from '../../data/index.ts'
import {
  predictedClasses,
  requireFit,
  servedScores,
  servedTemperature,
} from '../../evaluation/index.ts'
import { type GateSubject, judgeCandidate } from '../../registry/index.ts'
import type { CommandContext } from '../context.ts'
import { openOrPrepareDataset } from '../open-dataset.ts'
import { timeInTurns } from './time-in-turns.ts'
import type { OpenRegistry } from './with-registry.ts'

export interface Judgement {
  readonly verdict: GateVerdict
  /** The alias as it stood when it was judged; undefined where it pointed to nothing. */
  readonly pointer: ModelAlias | undefined
}

/** Lets a version and the one that the alias points to answer the same validation images. */
export async function judgeVersion(
  context: CommandContext,
  { registry, config }: OpenRegistry,
  version: ModelVersion,
  { alias, ownData }: { readonly alias: string; readonly ownData: boolean },
): Promise<Judgement> {
  const { aliases, versions } = await registry.model(version.name)
  const pointer = aliases.find((other) => other.alias === alias)
  const current = versions.find((other) => other.version === pointer?.version)
  const data = (ownData ? dataOf(version) : undefined) ?? config.data
  const dataset = await openOrPrepareDataset(data, context)
  const { threads, eval_batch_size: batchSize } = config.trainer
  const open = async ({ sha256 }: ModelVersion) =>
    loadBundle(await registry.read(sha256), { threads, batchSize })
  const bundles: Bundle[] = []
  try {
    bundles.push(await open(version))
    requireFit(bundles[0]!, dataset.manifest)
    if (current !== undefined) bundles.push(await open(current))
    const subjects = { version, current, alias }
    return { pointer, verdict: await judge(context, config, dataset, bundles, subjects) }
  } finally {
    for (const bundle of bundles) await bundle.close()
  }
}

/** The data that a version was trained on, as its run was configured. */
function dataOf({ lineage }: ModelVersion) {
  return configSchema.safeParse(lineage.config).data?.data
}

interface Subjects {
  readonly version: ModelVersion
  readonly current: ModelVersion | undefined
  readonly alias: string
}

async function judge(
  context: CommandContext,
  config: OpenRegistry['config'],
  dataset: Dataset,
  [bundle, currentBundle]: readonly Bundle[],
  { version, current, alias }: Subjects,
): Promise<GateVerdict> {
  const { manifest } = dataset
  const split = await dataset.load('val')
  const misfit = currentBundle && misfitOf(currentBundle, dataset)
  const compared = misfit === undefined ? currentBundle : undefined
  const timed = compared === undefined ? [] : [bundle!, compared]
  const times = await timeInTurns(timed, split, imageSize(manifest.geometry), context)
  const subject = async (of: ModelVersion, opened: Bundle, latencies: readonly number[] = []) => ({
    ...(await answersOf(opened, split)),
    ...{ version: of.version, sha256: of.sha256, bytes: of.bytes, latencies },
  })
  warnOfOtherData(context, current, dataset)
  return judgeCandidate({
    model: version.name,
    alias,
    dataset: { name: manifest.name, digest: manifest.digest },
    classes: manifest.classes,
    labels: split.labels,
    candidate: await subject(version, bundle!, times[0]),
    trainedOn: bundle!.manifest.dataset.digest,
    current:
      compared === undefined || current === undefined
        ? (misfit ?? null)
        : await subject(current, compared, times[1]),
    rules: config.gate,
    time: new Date(context.clock.now()).toISOString(),
  })
}

/** Why a model cannot answer these images; undefined: it can. */
function misfitOf(bundle: Bundle, { manifest }: Dataset): string | undefined {
  try {
    requireFit(bundle, manifest)
    return undefined
  } catch (error) {
    if (error instanceof AtelierError && error.code === 'MODEL_DATA_MISMATCH') return error.message
    throw error
  }
}

async function answersOf(
  bundle: Bundle,
  split: Split,
): Promise<Pick<GateSubject, 'predicted' | 'ece'>> {
  const { probabilities, logits } = await bundle.predict(split.images, split.size)
  const { classes } = bundle.manifest
  const predictions = { labels: split.labels, probabilities, logits, classes }
  const { ece } = servedScores(predictions, servedTemperature(bundle.manifest))
  return { predicted: predictedClasses(probabilities, classes.length), ece }
}

function warnOfOtherData(
  { logger }: CommandContext,
  current: ModelVersion | undefined,
  { manifest }: Dataset,
): void {
  const trainedOn = current?.lineage.manifest.dataset
  if (trainedOn === undefined || trainedOn.digest === manifest.digest) return
  logger.warn(
    `version ${current!.version} was trained on other data (${trainedOn.name} ${trainedOn.digest.slice(0, 12)}), maybe on these validation images: it may look better than it is.`,
  )
}
