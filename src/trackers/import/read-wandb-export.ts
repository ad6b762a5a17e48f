import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parse } from 'yaml'
import { AtelierError } from '../../core/index.ts'
import { filesOf } from '../run-media.ts'
import { type ForeignPoint, type ForeignRun, numbersOf } from './foreign-run.ts'

const SUMMARY = 'wandb-summary.json'
const HISTORY = 'wandb-history.jsonl'
const READ = new Set([SUMMARY, HISTORY, 'config.yaml', 'wandb-metadata.json', 'wandb-events.jsonl'])

/** Whether a folder holds the files of a run as W&B's server gives them out. */
export function isWandbExport(folder: string): Promise<boolean> {
  return stat(join(folder, SUMMARY)).then(
    (entry) => entry.isFile(),
    () => false,
  )
}

/**
 * The downloaded files of a run: `wandb-summary.json`, `config.yaml`, `wandb-metadata.json`, and
 * `wandb-history.jsonl`, a row of its history on each line. Throws IMPORT_INVALID.
 */
export async function readWandbExport(folder: string): Promise<ForeignRun> {
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => undefined)
  const summary = objectOf(await read(SUMMARY), SUMMARY)
  const metadata = objectOf((await read('wandb-metadata.json')) ?? '{}', 'wandb-metadata.json')
  const points = pointsOf((await read(HISTORY)) ?? '')
  const { _wandb, _runtime, _step, _timestamp, ...rest } = summary
  const seconds = typeof _runtime === 'number' ? _runtime : 0
  const ended = typeof _timestamp === 'number' ? 1000 * _timestamp : undefined
  const started = Date.parse(textOf(metadata['startedAt']))
  const created = Number.isNaN(started) ? (ended ?? points[0]?.time ?? 0) - 1000 * seconds : started
  const git = metadata['git'] as
    | { readonly commit?: unknown; readonly remote?: unknown }
    | undefined
  const paths = (await filesOf(folder)).filter((path) => !READ.has(path))
  return {
    origin: `wandb:${idOf(folder, summary, metadata)}`,
    name: basename(resolve(folder)),
    project: textOf(metadata['project']),
    status: 'completed',
    created: Math.max(0, Math.round(created)),
    seconds,
    config: configOf((await read('config.yaml')) ?? ''),
    summary: numbersOf(rest),
    tags: [],
    notes: '',
    command: [textOf(metadata['program']), ...listOf(metadata['args'])].filter(Boolean),
    commit: textOf(git?.commit) || null,
    remote: textOf(git?.remote) || null,
    host: textOf(metadata['host']),
    platform: textOf(metadata['os']),
    points,
    files: paths.map((path) => ({ path, read: () => readFile(join(folder, path)) })),
  }
}

/** The files do not tell the run's id; the same files are the same run. */
function idOf(folder: string, ...files: readonly object[]): string {
  const named = /(?:^|-)([a-z0-9]{8})$/.exec(basename(resolve(folder)))?.[1]
  return named ?? createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 8)
}

function pointsOf(text: string): ForeignPoint[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => {
      const { _step, _timestamp, _runtime, ...values } = objectOf(line, HISTORY)
      const step = typeof _step === 'number' ? Math.max(0, Math.trunc(_step)) : i
      const time = typeof _timestamp === 'number' ? Math.round(1000 * _timestamp) : 0
      return { step, time, values: numbersOf(values) }
    })
}

/** Each key holds its value below `value`. */
function configOf(text: string): Record<string, unknown> {
  const entries = Object.entries((parse(text) ?? {}) as Record<string, unknown>)
  return Object.fromEntries(
    entries
      .filter(([key]) => key !== '_wandb' && key !== 'wandb_version')
      .map(([key, entry]) => {
        const isWrapped = typeof entry === 'object' && entry !== null && 'value' in entry
        return [key, isWrapped ? entry.value : entry]
      }),
  )
}

function objectOf(text: string | undefined, name: string): Record<string, unknown> {
  try {
    // Python's own words for what is no number
    const value: unknown = JSON.parse((text ?? '').replace(/\b(?:NaN|-?Infinity)\b/g, 'null'))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch (cause) {
    throw new AtelierError('IMPORT_INVALID', `${name} is not JSON.`, { cause })
  }
  throw new AtelierError('IMPORT_INVALID', `${name} is not a JSON object.`)
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
const listOf = (value: unknown) => (Array.isArray(value) ? value.map(String) : [])
