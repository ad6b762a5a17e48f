import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import { type Bundle, loadBundle } from '../bundle/index.ts'
import type { Config } from '../contracts/index.ts'
import { writeFileAtomic } from '../core/index.ts'
import { type Dataset, openConfiguredDataset, openTestSplit } from '../data/index.ts'
import { requireFit } from '../evaluation/index.ts'
import { type Run, readRunConfig, updateRun } from '../tracking/index.ts'
import type { CommandContext } from './context.ts'
import { findModel, runOfModel } from './find-model.ts'
import { loadConfig } from './load-config.ts'

/** Of commands that judge a model: the argument that names it, and the images to judge on. */
export const modelArgument = {
  description: 'A run, or a path of a model.onnx. MODEL_URI or the newest run when left out.',
} as const
export const splitOption = {
  type: 'string',
  description: 'The images to judge on.',
  choices: ['test', 'val'],
  default: 'test',
} as const

export type SplitChoice = 'test' | 'val'

/** A model that is to be judged, with the data it belongs to. */
export interface Subject {
  readonly bundle: Bundle
  readonly source: string
  readonly run: Run | undefined
  readonly config: Config
  readonly dataset: Dataset
}

/** Opens a model and its data for as long as `judge` takes. Throws MODEL_DATA_MISMATCH where they do not fit. */
export async function withSubject<T>(
  context: CommandContext,
  query: string | undefined,
  overrides: readonly string[],
  judge: (subject: Subject) => Promise<T>,
): Promise<T> {
  const defaults = await loadConfig(context, overrides)
  const runs = resolve(context.cwd, defaults.config.paths.runs)
  const found = await findModel(context, query, defaults.config)
  const { threads, eval_batch_size: batchSize } = defaults.config.trainer
  const bundle = await loadBundle(found.content, { threads, batchSize })
  try {
    const run = await runOfModel(found, bundle.manifest, runs)
    const config = await subjectConfig(context, defaults.config, run, overrides)
    const dataset = await openConfiguredDataset(config.data, context.cwd)
    requireFit(bundle, dataset.manifest)
    warnOfOtherData(context, bundle, dataset)
    return await judge({ bundle, source: found.source, run, config, dataset })
  } finally {
    await bundle.close()
  }
}

/** The run's own configuration; with overrides, composed anew from the run's and these. */
async function subjectConfig(
  context: CommandContext,
  defaults: Config,
  run: Run | undefined,
  overrides: readonly string[],
): Promise<Config> {
  if (run === undefined) return defaults
  if (overrides.length === 0) return readRunConfig(run)
  const own = parse(await readFile(run.files.overrides, 'utf8')) as readonly string[]
  // the settings of one data set are not those of another
  const choosesData = overrides.some((word) => word.startsWith('data='))
  const kept = choosesData ? own.filter((word) => !/^[+~]*data[.=]/.test(word)) : own
  return (await loadConfig(context, [...kept, ...overrides])).config
}

function warnOfOtherData(
  { logger }: CommandContext,
  { manifest }: Bundle,
  { manifest: data }: Dataset,
) {
  if (manifest.dataset.digest === data.digest) return
  logger.warn(
    `the model was trained on ${manifest.dataset.name} ${manifest.dataset.digest.slice(0, 12)}, this is ${data.name} ${data.digest.slice(0, 12)}: its test images may have been trained on.`,
  )
}

/** The images to judge on; a look at the test split is counted for the data set and for the run. */
export async function openSubjectSplit(
  context: CommandContext,
  { bundle, run, dataset, source }: Subject,
  name: SplitChoice,
  command: string,
) {
  if (name === 'val') return { split: await dataset.load('val'), testLooks: null }
  const { split, looks } = await openTestSplit(dataset, {
    run_id: bundle.manifest.run_id,
    weight_digest: bundle.manifest.weight_digest,
    command: `${command} ${source}`,
    now: context.clock.now(),
  })
  if (run !== undefined) await updateRun(run, context.clock, { test_looks: looks.run })
  return { split, testLooks: { dataset: looks.dataset, run: looks.run } }
}

/**
 * Where reports on a model go: the run's folder, and `reports`, where the newest is looked for. A
 * judgement on validation lies beside that on the test split, not in its place.
 */
export function reportPlace(context: CommandContext, { run, config }: Subject, split: SplitChoice) {
  const part = split === 'test' ? '.' : 'validation'
  const reports = resolve(context.cwd, config.paths.reports, part)
  const folder = run === undefined ? reports : join(run.folder, part)
  const copy = async (path: string) => {
    if (folder === reports) return path
    const target = join(reports, relative(folder, path))
    await writeFileAtomic(target, await readFile(path))
    return target
  }
  return { folder, copy }
}
