import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { parse } from 'yaml'
import {
  type EvaluationFiles,
  type EvaluationResult,
  evaluateBundle,
  type PlotData,
  writeEvaluation,
  writeEvaluationData,
} from '../../evaluation/index.ts'
import type { Run } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { evaluationText } from '../evaluation-text.ts'
import {
  modelArgument,
  openSubjectSplit,
  reportPlace,
  type SplitChoice,
  type Subject,
  splitOption,
  withSubject,
} from '../judgement.ts'
import { noteFiles, trainingCurvesOf } from '../run-files.ts'
import { resendRun } from '../track-training.ts'

export const evaluateCommand = defineCommand({
  arguments: { model: modelArgument },
  options: { split: splitOption },
  overrides: true,
  examples: [
    { command: 'atelier evaluate', does: 'Report on the newest completed run.' },
    { command: 'atelier evaluate --split val', does: 'Without a look at the test split.' },
    { command: 'atelier evaluate models/model.onnx', does: 'A model file.' },
  ],
  async run(context, { arguments: { model }, options, overrides }) {
    await withSubject(context, model, overrides, (subject) =>
      evaluate(context, subject, options.split as SplitChoice),
    )
  },
})

async function evaluate(
  context: CommandContext,
  subject: Subject,
  splitName: SplitChoice,
): Promise<void> {
  const { bundle, source, run, config, dataset } = subject
  const opened = await openSubjectSplit(context, subject, splitName, 'atelier evaluate')
  const result = await evaluateBundle({
    bundle,
    source,
    dataset: dataset.manifest,
    splitName,
    ...opened,
    clock: context.clock,
  })
  const files = await writeReports(context, subject, splitName, result)
  if (run !== undefined) await noteFiles(context, run, config)
  printResult(context, { report: result.report, files }, () =>
    evaluationText(result.report, relative(context.cwd, files.reportHtml)),
  )
  if (run !== undefined) await resendRun(context, run, config)
}

async function writeReports(
  context: CommandContext,
  subject: Subject,
  splitName: SplitChoice,
  { report, mistakes }: EvaluationResult,
): Promise<EvaluationFiles & PlotData> {
  const { run } = subject
  const { folder, copy } = reportPlace(context, subject, splitName)
  const details = { mistakes, ...(run === undefined ? {} : await detailsOf(run)) }
  const files = await writeEvaluation(folder, join(folder, 'figures'), report, details)
  const data = await writeEvaluationData(folder, report)
  return {
    reportJson: await copy(files.reportJson),
    reportHtml: await copy(files.reportHtml),
    figures: await Promise.all(files.figures.map(copy)),
    metrics: await copy(data.metrics),
    plots: await Promise.all(data.plots.map(copy)),
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
