import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Run } from '../../tracking/index.ts'
import { joinLines, type MetricRow } from '../metric-rows.ts'
import { type Figure, figuresOf } from '../run-media.ts'
import type { WandbSettings } from '../settings.ts'
import type { RunUpdate, Tracker } from '../tracker.ts'
import { figurePath, imageValue } from './figures.ts'
import { modelArtifactOf } from './model-artifact.ts'
import { RecordLog } from './record-log.ts'
import {
  artifactRecord,
  environmentRecord,
  exitRecord,
  FINAL_RECORDS,
  fileRecord,
  headerRecord,
  historyRecord,
  originOf,
  outputRecord,
  recordBytes,
  resultsOf,
  runRecord,
  statsRecord,
  summaryRecord,
  timesOf,
} from './run-records.ts'

type Content = Parameters<typeof recordBytes>[1]

/**
 * A run as W&B's client leaves it when it is offline: `wandb/offline-run-…`, which `wandb sync` sends.
 * Written whole, from the run's first metric on, by each process that opens it.
 */
export class OfflineRun implements Tracker {
  readonly #settings: WandbSettings
  #held: MetricRow | null = null
  #log: RecordLog | undefined
  #folder = ''
  #count = 0
  #last: Record<string, unknown> = {}

  constructor(settings: WandbSettings) {
    this.#settings = settings
  }

  place(): string {
    return this.#folder
  }

  async send({ run, config, lines, output, ended }: RunUpdate): Promise<void> {
    const start = Date.parse(run.record.created)
    if (this.#log === undefined) await this.#begin(run, config)
    const { rows, system, held } = joinLines(this.#held, lines)
    this.#held = held
    const records = [...system.map(statsRecord), ...rows.map((row) => historyRecord(row, start))]
    for (const line of output.split(/(?<=\n)/)) {
      if (line !== '') records.push(outputRecord(line, Date.parse(run.record.updated)))
    }
    this.#keepLast(held === null ? rows : [...rows, held], start)
    if (ended) records.push(...(await this.#endRecords(run, held, start)))
    else if (rows.length > 0) records.push(summaryRecord(this.#last))
    await this.#append(records)
  }

  memory(): null {
    return null
  }

  async close(): Promise<void> {
    await this.#log?.close()
  }

  async #begin(run: Run, config: RunUpdate['config']): Promise<void> {
    const { folder, runId } = this.#settings
    this.#folder = join(folder, 'wandb', offlineName(run.record.created, runId))
    await mkdir(join(this.#folder, 'files'), { recursive: true })
    await mkdir(join(this.#folder, 'logs'), { recursive: true })
    this.#log = await RecordLog.create(join(this.#folder, `run-${runId}.wandb`))
    await this.#append([
      headerRecord(),
      runRecord(run, { ...config, atelier: originOf(run) }, this.#settings),
      environmentRecord(run, runId),
    ])
  }

  #keepLast(rows: readonly MetricRow[], start: number): void {
    for (const { step, time, values } of rows) {
      Object.assign(this.#last, values, timesOf(step, time, start))
    }
  }

  /** The last row with the figures in it, the results, the files, and how it ended. */
  async #endRecords(run: Run, held: MetricRow | null, start: number): Promise<Content[]> {
    const { record } = run
    const row = held ?? { step: record.step, time: Date.parse(record.updated), values: {} }
    const figures = await figuresOf(run)
    const images: Record<string, unknown> = {}
    const files: Content[] = []
    for (const figure of figures) {
      const path = await this.#placeFigure(figure, row.step)
      images[figure.key] = imageValue(figure, path)
      files.push(fileRecord(path, 'media'))
    }
    const artifact = this.#settings.model ? await modelArtifactOf(run) : undefined
    // a process that was killed said nothing about its end; W&B calls such a run crashed, too
    const exit = record.status === 'crashed' ? [] : [exitRecord(record)]
    return [
      historyRecord(row, start, images),
      ...files,
      summaryRecord(resultsOf(record, this.#last, images)),
      ...(artifact === undefined ? [] : [artifactRecord(artifact, this.#settings)]),
      ...exit,
      ...FINAL_RECORDS,
    ]
  }

  async #placeFigure(figure: Figure, step: number): Promise<string> {
    const path = figurePath(figure, step)
    const target = join(this.#folder, 'files', path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, figure.bytes)
    return path
  }

  async #append(records: readonly Content[]): Promise<void> {
    const bytes = records.map((record, i) => recordBytes(this.#count + i + 1, record))
    await this.#log!.append(bytes)
    this.#count += records.length
  }
}

/** `offline-run-20261125_173300-k3v9x2ab`, in UTC. */
function offlineName(created: string, runId: string): string {
  const digits = created.replace(/[-:]/g, '').replace('T', '_').slice(0, 15)
  return `offline-run-${digits}-${runId}`
}
