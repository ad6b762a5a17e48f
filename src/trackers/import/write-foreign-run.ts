import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import type { RunRecord } from '../../contracts/index.ts'
import { digestOf } from '../../core/index.ts'
import {
  canonicalMetric,
  createRunFolder,
  indexRun,
  isSafePath,
  listRuns,
  openRun,
  type Run,
  type RunStore,
  writeArtifacts,
} from '../../tracking/index.ts'
import { type ForeignRun, lastValues } from './foreign-run.ts'

export interface ForeignImport {
  /** Ids of the runs that were made. */
  readonly imported: string[]
  /** Origins of those that had been taken in before. */
  readonly known: string[]
}

/** Takes in runs of another tracker as runs of ours, each once: a run that is here is left as it is. */
export async function writeForeignRuns(
  root: string,
  runs: AsyncIterable<ForeignRun>,
  store: RunStore,
): Promise<ForeignImport> {
  const result: ForeignImport = { imported: [], known: [] }
  const here = new Set((await listRuns(root)).flatMap(({ record }) => record.tags))
  for await (const foreign of runs) {
    if (here.has(foreign.origin)) {
      result.known.push(foreign.origin)
      continue
    }
    const run = await writeForeignRun(root, foreign)
    await indexRun(run, store)
    result.imported.push(run.record.id)
  }
  return result
}

/** Nothing is left of one that could not be read to its end. */
async function writeForeignRun(root: string, foreign: ForeignRun): Promise<Run> {
  const run = await createRunFolder(root, {
    // a run of ours that comes back has its time in its name already
    name: foreign.name.replace(/^\d{8}-\d{4}-/, ''),
    project: foreign.project || 'default',
    configYaml: stringify(foreign.config),
    overrides: [],
    command: foreign.command,
    libraries: {},
    described: recordOf(foreign),
    // the folder is named for when the run began
    clock: { now: () => foreign.created, monotonic: () => 0 },
  })
  try {
    await writePoints(run, foreign)
    for (const file of foreign.files) {
      if (!isSafePath(file.path)) continue
      const target = join(run.folder, 'artifacts', file.path)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, await file.read())
    }
    await writeArtifacts(run)
    return await openRun(run.folder)
  } catch (error) {
    await rm(run.folder, { recursive: true, force: true })
    throw error
  }
}

function recordOf(foreign: ForeignRun): Partial<RunRecord> & Pick<RunRecord, 'config_digest'> {
  const { points, config, commit, remote, seconds } = foreign
  const summary = { ...lastValues(points), ...foreign.summary }
  const named = Object.entries(summary).map(([name, value]) => [canonicalMetric(name), value])
  return {
    status: foreign.status,
    seconds: Math.max(0, seconds),
    config_digest: digestOf(config),
    seed: seedOf(config),
    step: Math.max(0, ...points.slice(-1).map(({ step }) => step)),
    summary: Object.fromEntries(named),
    tags: [...new Set([...foreign.tags, foreign.origin])],
    notes: foreign.notes,
    git: commit === null ? null : { commit, remote, branch: null, dirty: false },
    environment: {
      node: 'unknown',
      platform: foreign.platform || 'unknown',
      host: foreign.host || 'unknown',
      cpu: 'unknown',
      cores: 1,
      memory_bytes: 1,
      libraries: {},
    },
  }
}

function seedOf({ seed }: Readonly<Record<string, unknown>>): number | null {
  return typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0 ? seed : null
}

const LINES_AT_ONCE = 10_000

async function writePoints({ files }: Run, { points }: ForeignRun): Promise<void> {
  for (let i = 0; i < points.length; i += LINES_AT_ONCE) {
    const lines = points.slice(i, i + LINES_AT_ONCE).flatMap(({ step, time, values }) => {
      const named = Object.entries(values).map(([name, value]) => [canonicalMetric(name), value])
      if (named.length === 0) return []
      return `${JSON.stringify({ type: 'log', time, step, values: Object.fromEntries(named) })}\n`
    })
    await appendFile(files.metrics, lines.join(''))
  }
}
