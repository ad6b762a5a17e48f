import type { RunRecord } from '../../contracts/index.ts'
import { canonicalMetric } from '../metric-name.ts'
import type { RunEntry } from '../run-store.ts'
import { storable } from './store-text.ts'

export type RunValue = string | number | boolean | null

/** A key longer than this is kept with its run, but cannot be filtered by. */
const LONGEST_KEY = 400

/**
 * What a run can be filtered and sorted by: fields of the record (nested ones as `git.commit`),
 * configuration keys, metrics of the summary. Of two with one name the first of these wins; a
 * configuration key hidden so is under `config.KEY`. Lists are JSON text.
 */
export function valuesOf({ record, config }: RunEntry): Map<string, RunValue> {
  const values = recordValues(record)
  const add = (name: string, value: RunValue) => {
    const key = storable(name)
    if (!values.has(key) && key.length <= LONGEST_KEY) values.set(key, value)
  }
  for (const [key, value] of flatten(config)) {
    add(isRecordKey(key) || values.has(key) ? `config.${key}` : key, value)
  }
  for (const [name, value] of Object.entries(record.summary)) add(canonicalMetric(name), value)
  return values
}

/** Fields that have a column of their own kind, or are found otherwise. */
function recordValues(record: RunRecord): Map<string, RunValue> {
  const { format, version, summary, tags, command, ...fields } = record
  return new Map([...flatten(fields), ['command', command.join(' ')]])
}

function flatten(value: Readonly<Record<string, unknown>>, prefix = ''): [string, RunValue][] {
  return Object.entries(value).flatMap(([name, entry]): [string, RunValue][] => {
    const key = prefix + name
    if (isRecord(entry)) return flatten(entry, `${key}.`)
    if (entry === undefined) return []
    return [[key, scalarOf(entry)]]
  })
}

function scalarOf(value: unknown): RunValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  // SQLite would store it as null
  if (typeof value === 'number') return Number.isNaN(value) ? 'nan' : value
  return JSON.stringify(value) ?? String(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A config may have any of these names too; then it is hidden, see `valuesOf`. */
const RECORD_FIELDS = [
  'id',
  'project',
  'status',
  'created',
  'updated',
  'seconds',
  'architecture',
  'parameters',
  'seed',
  'dataset.name',
  'dataset.digest',
  'config_digest',
  'epochs',
  'step',
  'best.epoch',
  'best.val_loss',
  'best.val_accuracy',
  'weight_digest',
  'test_looks',
  'failure.code',
  'failure.message',
  'notes',
  'command',
  'git.commit',
  'git.branch',
  'git.remote',
  'git.dirty',
  'environment.node',
  'environment.platform',
  'environment.host',
  'environment.cpu',
  'environment.cores',
  'environment.memory_bytes',
  'sweep.id',
  'sweep.trial',
] as const

/** The record's fields that filters know; besides them `tag`, and `environment.libraries.NAME`. */
export const recordKeys: readonly string[] = RECORD_FIELDS

const HIDDEN: ReadonlySet<string> = new Set([
  ...RECORD_FIELDS,
  // objects that are null in some runs
  'dataset',
  'best',
  'failure',
  'git',
  'sweep',
])

/** Whether a key is the record's rather than a configuration's or a summary's. */
export function isRecordKey(key: string): boolean {
  return HIDDEN.has(key) || key.startsWith('environment.libraries.')
}
