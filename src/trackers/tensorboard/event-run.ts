import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Run } from '../../tracking/index.ts'
import { groupedName, joinLines, type MetricRow } from '../metric-rows.ts'
import { type Figure, figuresOf } from '../run-media.ts'
import type { TensorboardSettings } from '../settings.ts'
import type { RunUpdate, Tracker } from '../tracker.ts'
import { EventFile, type TensorboardEvent } from './event-file.ts'

const TEXT = 7
const RGBA = 4
const EVENTS = /^events\.out\.tfevents\./

/** A run as event files: scalars, figures as images, settings as text. Written whole by each process that opens it. */
export class EventRun implements Tracker {
  readonly #folder: string
  #held: MetricRow | null = null
  #file: EventFile | undefined

  constructor({ folder }: TensorboardSettings) {
    this.#folder = folder
  }

  place(): string {
    return this.#folder
  }

  async send({ run, config, lines, ended }: RunUpdate): Promise<void> {
    this.#file ??= await this.#begin(run, config)
    const { rows, system, held } = joinLines(this.#held, lines)
    this.#held = held
    const last = ended && held !== null ? [held] : []
    const events = [...rows.map(scalarsEvent), ...system.map(systemEvent)]
    events.push(...last.map(scalarsEvent))
    if (ended) {
      const step = last[0]?.step ?? run.record.step
      const time = Date.parse(run.record.updated)
      for (const figure of await figuresOf(run)) events.push(imageEvent(figure, step, time))
      events.push(textEvent('summary', run.record.summary, time))
    }
    await this.#file.append(events)
  }

  memory(): null {
    return null
  }

  async close(): Promise<void> {
    await this.#file?.close()
  }

  async #begin({ record }: Run, config: RunUpdate['config']): Promise<EventFile> {
    const old = (await readdir(this.#folder).catch(() => [])).filter((name) => EVENTS.test(name))
    for (const name of old) await rm(join(this.#folder, name), { force: true })
    const start = Date.parse(record.created)
    const seconds = String(Math.floor(start / 1000)).padStart(10, '0')
    // a viewer that has read an older file goes on to the next one by name
    const name = `events.out.tfevents.${seconds}.${record.environment.host}.${old.length}.${process.pid}`
    const file = await EventFile.create(join(this.#folder, name), start)
    await file.append([textEvent('config', config, start)])
    return file
  }
}

function scalarsEvent({ step, time, values }: MetricRow): TensorboardEvent {
  return summaryEvent(
    step,
    time,
    Object.entries(values).map(([name, value]) => scalar(name, value)),
  )
}

function systemEvent({ step, time, values }: MetricRow): TensorboardEvent {
  const scalars = Object.entries(values).map(([name, value]) => scalar(`system/${name}`, value))
  return summaryEvent(step, time, scalars)
}

const scalar = (tag: string, value: number) =>
  ({ tag: groupedName(tag), value: { case: 'simpleValue', value } }) as const

function imageEvent(figure: Figure, step: number, time: number): TensorboardEvent {
  const { key, bytes, width, height } = figure
  const value = { width, height, colorspace: RGBA, encodedImageString: bytes }
  return summaryEvent(step, time, [{ tag: key, value: { case: 'image', value } }])
}

/** Values as a block of YAML, which TensorBoard shows as it is. */
function textEvent(tag: string, values: object, time: number): TensorboardEvent {
  const text = Buffer.from(`\`\`\`\n${stringify(values)}\`\`\``)
  const value = { dtype: TEXT, tensorShape: { dim: [{ size: 1n }] }, stringVal: [text] }
  const metadata = { pluginData: { pluginName: 'text' } }
  return summaryEvent(0, time, [{ tag, value: { case: 'tensor', value }, metadata }])
}

type SummaryValues = (TensorboardEvent['what'] & { readonly case: 'summary' })['value']['value']

function summaryEvent(step: number, time: number, value: SummaryValues): TensorboardEvent {
  return {
    wallTime: time / 1000,
    step: BigInt(step),
    what: { case: 'summary', value: { value: value ?? [] } },
  }
}
