import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type MetricsLine, metricsLineSchema, type RunRecord } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { lineValues, openRun, type Run, readMetrics } from '../../tracking/index.ts'

export type TrialPlace = NonNullable<RunRecord['sweep']>

export interface RunView {
  readonly run: Run
  /** Values of the metric in the order they were logged. */
  readonly history: readonly number[]
  readonly step: number
}

export interface RunWatch {
  /** What the run logged until now; undefined while there is no run. */
  poll(): Promise<RunView | undefined>
}

/**
 * Follows the run that a trial's process makes: finds it under `root` by its place in the sweep, made
 * at `since` (milliseconds since 1970) or later, and reads what is appended to its metrics.
 */
export function watchRun(
  root: string,
  place: TrialPlace,
  since: number,
  metric: string | undefined,
  known?: Run,
): RunWatch {
  let run = known
  let offset = 0
  let step = 0
  let history: number[] = []
  return {
    poll: async () => {
      run ??= (await findTrialRuns(root, place, since)).at(-1)
      if (run === undefined) return undefined
      const { text, next } = await readFrom(run.files.metrics, offset)
      // cut off: it continues from an earlier checkpoint
      if (next < offset) history = []
      offset = next
      const lines = parseLines(text)
      // cut off and grown again since: the place where we stood is inside a line
      if (lines === undefined) {
        offset = 0
        history = []
        return { run, history, step }
      }
      for (const line of lines) {
        step = line.step
        const value = metric === undefined ? undefined : valueIn(line, metric)
        if (value !== undefined) history.push(value)
      }
      return { run, history: [...history], step }
    },
  }
}

/** The runs of a trial, oldest first. Ids begin with the time, so that old folders need not be opened. */
export async function findTrialRuns(
  root: string,
  { id, trial, repeat }: TrialPlace,
  since: number,
): Promise<Run[]> {
  const first = new Date(since - 60_000).toISOString().slice(0, 16).replace(/[-:]/g, '')
  const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const recent = names.filter((name) => name >= first.replace('T', '-')).sort()
  const runs = await Promise.all(recent.map((name) => openIfRun(join(root, name))))
  return runs
    .filter((run) => run !== undefined)
    .filter(({ record: { sweep, created } }) => {
      if (Date.parse(created) < since) return false
      return sweep?.id === id && sweep.trial === trial && sweep.repeat === repeat
    })
    .sort((a, b) => Date.parse(a.record.created) - Date.parse(b.record.created))
}

/** A folder that is still being made holds no record yet. */
async function openIfRun(folder: string): Promise<Run | undefined> {
  return openRun(folder).catch((error: unknown) => {
    if (error instanceof AtelierError && error.code === 'RUN_NOT_FOUND') return undefined
    throw error
  })
}

/** Whole lines after `offset` bytes; from the start where the file is shorter than that. */
async function readFrom(path: string, offset: number): Promise<{ text: string; next: number }> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return { text: '', next: 0 }
  try {
    const { size } = await file.stat()
    const start = size < offset ? 0 : offset
    const buffer = Buffer.alloc(size - start)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
    const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1
    return { text: buffer.toString('utf8', 0, end), next: start + end }
  } finally {
    await file.close()
  }
}

/** Undefined where one of them is no line. */
function parseLines(text: string): MetricsLine[] | undefined {
  const lines: MetricsLine[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    try {
      lines.push(metricsLineSchema.parse(JSON.parse(line)))
    } catch {
      return undefined
    }
  }
  return lines
}

export interface RunResult {
  readonly metric: number | null
  readonly history: readonly number[]
}

/**
 * The metric of a run as a whole: its summary's, else the value of its best epoch, else the last one
 * that it logged.
 */
export async function resultOf({ files, record }: Run, metric?: string): Promise<RunResult> {
  if (metric === undefined) return { metric: null, history: [] }
  const lines = await readMetrics(files.metrics)
  const read = (line: MetricsLine) => valueIn(line, metric)
  const history = lines.map(read).filter((value) => value !== undefined)
  const best = lines.find((line) => line.type === 'epoch' && line.epoch === record.best?.epoch)
  const atBest = best === undefined ? undefined : read(best)
  return { metric: record.summary[metric] ?? atBest ?? history.at(-1) ?? null, history }
}

const valueIn = (line: MetricsLine, metric: string) =>
  lineValues(line).find(([name]) => name === metric)?.[1]
