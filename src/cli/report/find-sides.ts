import { join, resolve } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import { isModelUri } from '../../registry/index.ts'
import type { Filter, RunEntry } from '../../tracking/index.ts'
import type { CommandContext } from '../context.ts'
import { readEvaluation } from '../models/model-lineage.ts'
import { parseReference } from '../models/model-reference.ts'
import { withRegistry } from '../models/with-registry.ts'
import type { RunIndex } from '../run-index.ts'
import { selectRun } from '../select-runs.ts'
import { commitOf } from './git-files.ts'
import {
  type FoundSide,
  isMetricsFile,
  sideOfCommit,
  sideOfFile,
  sideOfRun,
  sideOfVersion,
} from './sides.ts'

const HEAD = 'this'

/**
 * What is to be told about: a run, a model of the registry, a file of metrics, else the newest complete run,
 * else the file in the folder of reports. Throws RUN_NOT_FOUND, MODEL_NOT_FOUND, METRICS_INVALID.
 */
export async function findHead(
  context: CommandContext,
  index: RunIndex,
  word: string | undefined,
): Promise<FoundSide> {
  if (word !== undefined && isRegistered(word)) return registered(context, word, HEAD)
  const run = await headRun(index, context.cwd, word)
  if (run !== undefined) return sideOfRun(run, HEAD)
  const file = word ?? metricsFile(index)
  const found = await sideOfFile(context.cwd, file, HEAD)
  if (found !== undefined) return found
  throw new AtelierError('METRICS_INVALID', `There is no file of metrics ${file}.`, {
    hint: '`atelier train` and `atelier evaluate` make a run and reports/metrics.json.',
  })
}

async function headRun(
  index: RunIndex,
  cwd: string,
  word: string | undefined,
): Promise<RunEntry | undefined> {
  if (word === undefined) return newestRun(index, [])
  return isMetricsFile(word) ? undefined : selectRun(index, cwd, word)
}

const isRegistered = (word: string) => word.startsWith('@') || isModelUri(word)

const metricsFile = ({ config }: RunIndex) => join(config.paths.reports, 'metrics.json')

/**
 * What it is held against, by a name: a model of the registry, a file of metrics, the newest run of a tag,
 * a run, or a commit that has a file of metrics. Throws BASELINE_NOT_FOUND.
 */
export async function findBase(
  context: CommandContext,
  index: RunIndex,
  word: string,
  head: FoundSide,
): Promise<FoundSide> {
  const { cwd } = context
  if (isRegistered(word)) return registered(context, word, word).catch(asAbsent)
  if (isMetricsFile(word)) {
    return (await sideOfFile(cwd, word, word)) ?? absent(`There is no file ${word}.`)
  }
  const run = (await taggedRun(index, word, head)) ?? (await namedRun(index, cwd, word))
  if (run !== undefined) return sideOfRun(run, word)
  const commit = await commitOf(cwd, word)
  if (commit === undefined) return absent(`"${word}" is no run, no tag of runs, and no commit.`)
  const file = metricsFile(index)
  const found = await sideOfCommit(cwd, commit, file, word)
  return found ?? absent(`The commit ${word} (${commit.slice(0, 7)}) has no ${file}.`)
}

function absent(message: string, cause?: unknown): never {
  throw new AtelierError('BASELINE_NOT_FOUND', message, { hint: HINT, cause })
}

function asAbsent(error: unknown): never {
  if (!(error instanceof AtelierError) || error.code !== 'MODEL_NOT_FOUND') throw error
  return absent(error.message, error)
}

const HINT =
  'Tag a run as the one to compare with (`atelier runs tag RUN main`), or name a run, @production, a file or a commit.'

/** What there is to compare with where nothing is named; undefined: nothing. */
export async function usualBase(
  { cwd, env }: CommandContext,
  index: RunIndex,
  head: FoundSide,
): Promise<FoundSide | undefined> {
  for (const tag of ['baseline', 'main']) {
    const run = await taggedRun(index, tag, head)
    if (run !== undefined) return sideOfRun(run, tag)
  }
  const target = env['GITHUB_BASE_REF']
  for (const name of [...(target ? [`origin/${target}`] : []), 'origin/main', 'main']) {
    const commit = await commitOf(cwd, name)
    const found =
      commit === undefined ? undefined : await sideOfCommit(cwd, commit, metricsFile(index), name)
    if (found !== undefined) return found
  }
  return undefined
}

/** With the newest evaluation that lies in the folder of reports, if it is about this very model. */
async function registered(
  context: CommandContext,
  word: string,
  label: string,
): Promise<FoundSide> {
  return withRegistry(context, async ({ registry, config }) => {
    const version = await registry.version(parseReference(word, config.registry.name))
    const report = resolve(context.cwd, config.paths.reports, 'report.json')
    const evaluations = await readEvaluation(report, version.lineage.manifest)
    return sideOfVersion(version, evaluations, label)
  })
}

const equals = (key: string, value: string): Filter => ({
  kind: 'compare',
  ...{ key, operator: '=', value },
})

async function newestRun(
  { store }: RunIndex,
  filters: readonly Filter[],
  except?: string,
): Promise<RunEntry | undefined> {
  const parts = [equals('status', 'completed'), ...filters]
  const { entries } = await store.find({ filter: { kind: 'and', parts }, limit: 2 })
  return entries.find(({ record }) => record.id !== except)
}

const taggedRun = (index: RunIndex, tag: string, head: FoundSide) =>
  newestRun(index, [equals('tag', tag)], head.runId)

/** A word that fits several runs is a mistake; one that fits none may be a commit. */
async function namedRun(index: RunIndex, cwd: string, word: string): Promise<RunEntry | undefined> {
  try {
    return await selectRun(index, cwd, word)
  } catch (error) {
    const isUnknown = error instanceof AtelierError && error.code === 'RUN_NOT_FOUND'
    if (!isUnknown || error.data['runs'] !== undefined) throw error
    return undefined
  }
}
