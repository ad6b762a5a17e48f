import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { AtelierError } from '../../core/index.ts'
import {
  type Item,
  RecordSchema,
  type Record as WandbRecord,
} from '../protocol/generated/wandb_pb.ts'
import { filesOf } from '../run-media.ts'
import { readRecordLog } from '../wandb/record-log.ts'
import { type ForeignFile, type ForeignPoint, type ForeignRun, numbersOf } from './foreign-run.ts'

/** The `.wandb` files that a path means: itself, one in a run's folder, or those of all runs in `wandb/`. */
export async function wandbFilesAt(path: string): Promise<string[]> {
  const entry = await stat(path).catch(() => undefined)
  if (entry === undefined) return []
  if (entry.isFile()) return path.endsWith('.wandb') ? [path] : []
  const names = (await readdir(path)).sort()
  const own = names.filter((name) => name.endsWith('.wandb')).map((name) => join(path, name))
  if (own.length > 0) return own
  const found: string[] = []
  for (const name of names.filter((one) => /^(?:offline-)?run-/.test(one))) {
    const inside = await readdir(join(path, name)).catch(() => [])
    found.push(
      ...inside.filter((one) => one.endsWith('.wandb')).map((one) => join(path, name, one)),
    )
  }
  return found
}

/** A run as W&B's client wrote it to a `.wandb` file. Throws IMPORT_INVALID. */
export async function readWandbRun(path: string): Promise<ForeignRun> {
  const run = new WandbReading()
  for (const bytes of readRecordLog(await readFile(path))) run.take(recordOf(bytes, path))
  return run.end(await filesBeside(path), path)
}

function recordOf(bytes: Uint8Array, path: string): WandbRecord {
  try {
    return fromBinary(RecordSchema, bytes)
  } catch (cause) {
    throw new AtelierError('IMPORT_INVALID', `${path} holds a record that cannot be read.`, {
      cause,
    })
  }
}

/** Pictures, the configuration, what was printed: what the client would upload. */
async function filesBeside(path: string): Promise<ForeignFile[]> {
  const folder = join(dirname(resolve(path)), 'files')
  const paths = await filesOf(folder).catch(() => [])
  return paths.map((one) => ({ path: one, read: () => readFile(join(folder, one)) }))
}

/** What the records of a run say so far. */
class WandbReading {
  #run: Extract<WandbRecord['content'], { case: 'run' }>['value'] | undefined
  #environment: Extract<WandbRecord['content'], { case: 'environment' }>['value'] | undefined
  #exit: number | undefined
  readonly #config: Record<string, unknown> = {}
  readonly #summary: Record<string, unknown> = {}
  readonly #points: ForeignPoint[] = []
  readonly #output: string[] = []

  take({ content }: WandbRecord): void {
    switch (content.case) {
      case 'run':
        this.#run = content.value
        assign(this.#config, content.value.config?.update ?? [])
        assign(this.#summary, content.value.summary?.update ?? [])
        break
      case 'config':
        assign(this.#config, content.value.update)
        break
      case 'summary':
        assign(this.#summary, content.value.update)
        break
      case 'history':
        this.#addPoint(content.value.item, Number(content.value.step?.num ?? 0n))
        break
      case 'stats':
        this.#addStats(content.value.item, timeOf(content.value.timestamp))
        break
      case 'outputRaw':
        this.#output.push(content.value.line)
        break
      case 'environment':
        this.#environment = content.value
        break
      case 'exit':
        this.#exit = content.value.exitCode
        break
      default:
    }
  }

  end(files: readonly ForeignFile[], path: string): ForeignRun {
    const run = this.#run
    if (run === undefined) throw new AtelierError('IMPORT_INVALID', `${path} tells of no run.`)
    const created = timeOf(run.startTime) ?? this.#points[0]?.time ?? 0
    const { _wandb, _runtime, _step, _timestamp, ...summary } = this.#summary
    const last = this.#points.at(-1)?.time ?? created
    const printed = Buffer.from(this.#output.join(''))
    return {
      origin: `wandb:${run.runId}`,
      name: run.displayName || run.runId,
      project: run.project,
      status: this.#exit === undefined ? 'crashed' : this.#exit === 0 ? 'completed' : 'failed',
      created,
      seconds: typeof _runtime === 'number' ? _runtime : (last - created) / 1000,
      config: withoutInternals(this.#config),
      summary: numbersOf(summary),
      tags: run.tags,
      notes: run.notes,
      command: [this.#environment?.program ?? '', ...(this.#environment?.args ?? [])].filter(
        Boolean,
      ),
      commit: (run.git?.commit || this.#environment?.git?.commit) ?? null,
      remote: run.git?.remoteUrl || null,
      host: run.host,
      platform: this.#environment?.os ?? '',
      points: this.#points,
      files: [
        ...files,
        ...(printed.length === 0 ? [] : [{ path: 'output.log', read: async () => printed }]),
      ],
    }
  }

  #addPoint(items: readonly Item[], number: number): void {
    const values: Record<string, unknown> = {}
    assign(values, items)
    const { _step, _runtime, _timestamp, _wandb, ...rest } = values
    const step = typeof _step === 'number' ? _step : number
    const time = typeof _timestamp === 'number' ? Math.round(_timestamp * 1000) : 0
    this.#points.push({ step: Math.max(0, Math.trunc(step)), time, values: numbersOf(rest) })
  }

  #addStats(items: readonly Item[], time = 0): void {
    const values: Record<string, unknown> = {}
    assign(values, items)
    const step = this.#points.at(-1)?.step ?? 0
    this.#points.push({ step, time, values: numbersOf(values, 'system.') })
  }
}

/** Values by their keys, the nested ones in their places. */
function assign(target: Record<string, unknown>, items: readonly Item[]): void {
  for (const { key, nestedKey, valueJson } of items) {
    const path = nestedKey.length > 0 ? nestedKey : [key]
    let place = target
    for (const part of path.slice(0, -1)) {
      const inner = Object.hasOwn(place, part) ? place[part] : undefined
      const next = typeof inner === 'object' && inner !== null ? inner : Object.create(null)
      place[part] = next
      place = next as Record<string, unknown>
    }
    const name = path.at(-1)!
    if (name !== '__proto__') place[name] = parsed(valueJson)
  }
}

/** Python writes NaN and Infinity, which JSON has not: they are no values. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return null
  }
}

/** What the client notes of itself among the configuration. */
function withoutInternals({ _wandb, ...config }: Readonly<Record<string, unknown>>) {
  return config
}

function timeOf(stamp: Parameters<typeof timestampMs>[0] | undefined): number | undefined {
  return stamp === undefined ? undefined : timestampMs(stamp)
}
