import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import { type Bundle, loadBundle } from '../../bundle/index.ts'
import type { Config } from '../../contracts/index.ts'
import { writeFileAtomic } from '../../core/index.ts'
import { type Dataset, openConfiguredDataset, openTestSplit } from '../../data/index.ts'
import {
  type EvaluationFiles,
  type EvaluationResult,
  evaluateBundle,
  requireFit,
  writeEvaluation,
} from '../../evaluation/index.ts'
import { type Run, readRunConfig, updateRun } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { evaluationText } from '../evaluation-text.ts'
import { findModel, runOfModel } from '../find-model.ts'
import { loadConfig } from '../load-config.ts'
import { noteFiles, trainingCurvesOf } from '../run-files.ts'

export const evaluateCommand = defineCommand({
  arguments: {
    model: {
      description:
        'A run, a model.onnx, or models:/NAME… MODEL_URI or the newest run when left out.',
    },
  },
  options: {
    split: {
      type: 'string',
      description: 'The images to judge on.',
      choices: ['test', 'val'],
      default: 'test',
    },
  },
  overrides: true,
  examples: [
    { command: 'atelier evaluate', does: 'Report on the newest completed run.' },
    { command: 'atelier evaluate --split val', does: 'Without a look at the test split.' },
    { command: 'atelier evaluate models/model.onnx', does: 'A model file.' },
  ],
  async run(context, { arguments: { model: query }, options, overrides }) {
    const defaults = await loadConfig(context, overrides)
    const runs = resolve(context.cwd, defaults.config.paths.runs)
    const found = await findModel(context, query, defaults.config)
    const { threads, eval_batch_size: batchSize } = defaults.config.trainer
    const bundle = await loadBundle(found.content, { threads, batchSize })
    try {
      const run = await runOfModel(found, bundle.manifest, runs)
      const config = await evaluationConfig(context, defaults.config, run, overrides)
      const { source } = found
      await evaluate(context, { bundle, run, config, source, split: options.split as SplitChoice })
    } finally {
      await bundle.close()
    }
  },
})

type SplitChoice = 'test' | 'val'

interface Subject {
  readonly bundle: Bundle
  readonly source: string
  readonly run: Run | undefined
  readonly config: Config
  readonly split: SplitChoice
}

/** The run's own configuration; with overrides, composed anew from the run's and these. */
async function evaluationConfig(
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

async function evaluate(context: CommandContext, subject: Subject): Promise<void> {
  const { bundle, config, split, source } = subject
  const dataset = await openConfiguredDataset(config.data, context.cwd)
  requireFit(bundle, dataset.manifest)
  warnOfOtherData(context, bundle, dataset)
  const opened = await openSplit(context, subject, dataset)
  const result = await evaluateBundle({
    bundle,
    source,
    dataset: dataset.manifest,
    splitName: split,
    ...opened,
    clock: context.clock,
  })
  const files = await writeReports(context, subject, result)
  if (subject.run !== undefined) await noteFiles(context, subject.run, config)
  printResult(context, { report: result.report, files }, () =>
    evaluationText(result.report, relative(context.cwd, files.reportHtml)),
  )
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

async function openSplit(context: CommandContext, subject: Subject, dataset: Dataset) {
  const { bundle, run, split: name, source } = subject
  if (name === 'val') return { split: await dataset.load('val'), testLooks: null }
  const { split, looks } = await openTestSplit(dataset, {
    run_id: bundle.manifest.run_id,
    weight_digest: bundle.manifest.weight_digest,
    command: `atelier evaluate ${source}`,
    now: context.clock.now(),
  })
  if (run !== undefined) await updateRun(run, context.clock, { test_looks: looks.run })
  return { split, testLooks: { dataset: looks.dataset, run: looks.run } }
}

/**
 * Writes the report to the run's folder and copies it to `reports`, where the newest is looked for.
 * A judgement on validation lies beside that on the test split, not in its place.
 */
async function writeReports(
  context: CommandContext,
  { run, config, split }: Subject,
  result: EvaluationResult,
): Promise<EvaluationFiles> {
  const part = split === 'test' ? '.' : 'validation'
  const reports = resolve(context.cwd, config.paths.reports, part)
  const folder = run === undefined ? reports : join(run.folder, part)
  const details = { mistakes: result.mistakes, ...(run === undefined ? {} : await detailsOf(run)) }
  const files = await writeEvaluation(folder, join(folder, 'figures'), result.report, details)
  if (folder === reports) return files
  const copy = async (path: string) => {
    const target = join(reports, relative(folder, path))
    await writeFileAtomic(target, await readFile(path))
    return target
  }
  return {
    reportJson: await copy(files.reportJson),
    reportHtml: await copy(files.reportHtml),
    figures: await Promise.all(files.figures.map(copy)),
  }
}

async function detailsOf(run: Run) {
  const overrides = parse(await readFile(run.files.overrides, 'utf8')) as readonly string[]
  return {
    curves: await trainingCurvesOf(run),
    configuration: await readFile(run.files.config, 'utf8'),
    command: ['atelier train', ...overrides].join(' '),
  }
}
