import { readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import {
  evaluationReportSchema,
  type ModelVersion,
  type RegisteredEvaluation,
} from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import type { ComparedSide, SideEvaluation } from '../../reporting/index.ts'
import { compareRuns, flattenConfig, type RunEntry } from '../../tracking/index.ts'
import { fileAtCommit } from './git-files.ts'

/** A side, and the folder that its figures may lie in. */
export interface FoundSide {
  readonly side: ComparedSide
  readonly folder: string | undefined
  /** Of the run that it is; undefined: of none. */
  readonly runId: string | undefined
}

/** A run: what its training and its evaluation on the test split gave. */
export async function sideOfRun(entry: RunEntry, label: string): Promise<FoundSide> {
  const { record, folder } = entry
  const metrics = await textOf(join(folder, 'metrics.json'))
  const evaluation = evaluationIn(await textOf(join(folder, 'report.json')))
  const { commit } = record.git ?? {}
  // in the order in which runs are compared everywhere; what the machine did is no result
  const ordered = compareRuns([entry]).metrics.filter(({ metric }) => !metric.startsWith('system.'))
  const summary = Object.fromEntries(ordered.map(({ metric, values }) => [metric, values[0]!]))
  const of = { ...(metrics === undefined ? {} : numbersIn(metrics, join(folder, 'metrics.json'))) }
  const side = {
    label,
    description: `run ${record.id}${commit === undefined ? '' : `, commit ${commit.slice(0, 7)}`}`,
    metrics: withoutInterval({ ...of, ...summary }, evaluation),
    evaluation,
    config: settingsOf(entry.config, record.dataset),
  }
  return { side, folder, runId: record.id }
}

/** What stands in a file of metrics, and in `report.json` beside it; undefined where there is no such file. */
export async function sideOfFile(
  cwd: string,
  file: string,
  label: string,
): Promise<FoundSide | undefined> {
  const path = resolve(cwd, file)
  const text = await textOf(path)
  if (text === undefined) return undefined
  const evaluation = evaluationIn(await textOf(join(dirname(path), 'report.json')))
  const side = sideOfTexts(text, evaluation, relative(cwd, path), label)
  return { side, folder: dirname(path), runId: undefined }
}

/** The same as it stands at a commit; undefined where the commit has no such file. */
export async function sideOfCommit(
  cwd: string,
  commit: string,
  file: string,
  label: string,
): Promise<FoundSide | undefined> {
  const text = await fileAtCommit(cwd, commit, file)
  if (text === undefined) return undefined
  const report = await fileAtCommit(cwd, commit, join(dirname(file), 'report.json'))
  const name = `${file} at ${label} (${commit.slice(0, 7)})`
  return {
    side: sideOfTexts(text, evaluationIn(report), name, label),
    folder: undefined,
    runId: undefined,
  }
}

/** A registered version: what was known of it when it was registered, and `newer` evaluations, the newest first. */
export function sideOfVersion(
  { name, version, lineage }: ModelVersion,
  newer: readonly RegisteredEvaluation[],
  label: string,
): FoundSide {
  const { manifest, config, run } = lineage
  const test = [...newer, ...lineage.evaluations].find(({ dataset }) => dataset.split === 'test')
  const evaluation =
    test === undefined
      ? undefined
      : { ...test, classes: manifest.classes, top_confusions: undefined }
  const scores =
    test === undefined
      ? {}
      : {
          accuracy: test.accuracy.value,
          loss: test.loss,
          precision: test.macro_average.precision,
          recall: test.macro_average.recall,
          f1: test.macro_average.f1,
          ece: test.served === 'calibrated' ? test.ece_calibrated : test.ece,
        }
  const { val_accuracy, val_loss } = manifest.metrics
  const side = {
    label,
    description: `${name} version ${version}, run ${run?.id ?? manifest.run_id}`,
    metrics: { ...scores, 'val.accuracy': val_accuracy, 'val.loss': val_loss },
    evaluation,
    config: config === null ? undefined : settingsOf(config, manifest.dataset),
  }
  return { side, folder: undefined, runId: manifest.run_id }
}

function sideOfTexts(
  text: string,
  evaluation: SideEvaluation | undefined,
  name: string,
  label: string,
): ComparedSide {
  const metrics = withoutInterval(numbersIn(text, name), evaluation)
  // a report that lies there from another evaluation says nothing about these numbers
  const isAbout = evaluation?.accuracy.value === metrics['accuracy']
  return {
    label,
    description: name,
    metrics,
    evaluation: isAbout ? evaluation : undefined,
    config: undefined,
  }
}

function settingsOf(
  config: Readonly<Record<string, unknown>>,
  dataset: { readonly name: string; readonly digest: string } | null,
): ReadonlyMap<string, unknown> {
  return new Map([
    ...(dataset === null ? [] : ([['data set digest', dataset.digest]] as const)),
    ...flattenConfig(config),
  ])
}

/** Every number of a file by its dotted name. Throws METRICS_INVALID. */
function numbersIn(text: string, name: string): Record<string, number> {
  const invalid = (what: string, cause?: unknown) =>
    new AtelierError('METRICS_INVALID', `${name} ${what}.`, {
      hint: 'A file of metrics is JSON: {"accuracy": 0.91}.',
      cause,
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid('is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('holds no names with numbers')
  }
  const numbers = [...flattenConfig(value as Record<string, unknown>)].filter(
    (pair): pair is [string, number] => typeof pair[1] === 'number',
  )
  if (numbers.length === 0) throw invalid('holds no number')
  return Object.fromEntries(numbers)
}

/** The interval of the accuracy is told in words. */
function withoutInterval(
  metrics: Readonly<Record<string, number>>,
  evaluation: SideEvaluation | undefined,
): Record<string, number> {
  const { accuracy_low, accuracy_high, ...rest } = metrics
  return evaluation === undefined ? { ...metrics } : rest
}

function evaluationIn(text: string | undefined): SideEvaluation | undefined {
  if (text === undefined) return undefined
  try {
    return evaluationReportSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
}

export const isMetricsFile = (word: string) => basename(word).endsWith('.json')
