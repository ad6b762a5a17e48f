import { z } from 'zod'
import type { MetricsLine } from '../../contracts/index.ts'
import type { Run } from '../../tracking/index.ts'
import { joinLines, type MetricRow, metricRowSchema } from '../metric-rows.ts'
import { figuresOf } from '../run-media.ts'
import type { WandbSettings } from '../settings.ts'
import type { RunUpdate, Tracker, TrackerSurroundings } from '../tracker.ts'
import { figurePath, imageValue } from './figures.ts'
import { modelArtifactOf } from './model-artifact.ts'
import { exitCode, labelsOf, originOf, resultsOf, timesOf } from './run-records.ts'
import { uploadArtifact } from './upload-artifact.ts'
import { uploadFiles } from './upload-files.ts'
import { type StreamedRun, type WandbApi, wandbApi } from './wandb-api.ts'

const UPSERT = `mutation UpsertBucket($name: String, $project: String, $entity: String, $groupName: String, $displayName: String, $notes: String, $commit: String, $repo: String, $config: JSONString, $host: String, $program: String, $jobType: String, $sweep: String, $tags: [String!]) {
  upsertBucket(input: {name: $name, modelName: $project, entityName: $entity, groupName: $groupName, displayName: $displayName, notes: $notes, commit: $commit, jobRepo: $repo, config: $config, host: $host, jobProgram: $program, jobType: $jobType, sweep: $sweep, tags: $tags}) {
    bucket { id name project { name entity { name } } }
  }
}`
const upsertSchema = z.object({
  upsertBucket: z.object({
    bucket: z.object({
      name: z.string(),
      project: z.object({ name: z.string(), entity: z.object({ name: z.string() }) }),
    }),
  }),
})

/** How far the run has come on the server; lines are counted, so that one sent twice is one. */
const memorySchema = z.strictObject({
  entity: z.string(),
  project: z.string(),
  history: z.int(),
  events: z.int(),
  output: z.int(),
  held: metricRowSchema.nullable(),
  last: z.record(z.string(), z.unknown()),
})
type Memory = z.infer<typeof memorySchema>

/** A run that is sent to W&B's server while it works, by the calls that W&B's own clients make. */
export class OnlineRun implements Tracker {
  readonly #settings: WandbSettings
  readonly #api: WandbApi
  #memory: Memory | undefined
  /** Whether this process has told the server of the run. */
  #isOpen = false

  constructor(settings: WandbSettings, around: TrackerSurroundings) {
    this.#settings = settings
    this.#api = wandbApi(settings.baseUrl, around)
    this.#memory = memorySchema.safeParse(around.memory).data
  }

  place(): string {
    const { baseUrl, runId } = this.#settings
    const web = baseUrl.replace('://api.', '://')
    const { entity, project } = this.#memory ?? this.#settings
    return `${web}/${entity}/${project}/runs/${runId}`
  }

  memory(): Memory | null {
    return this.#memory ?? null
  }

  async send({ run, config, lines, output, ended }: RunUpdate): Promise<void> {
    if (!this.#isOpen || ended) await this.#tellRun(run, config)
    const memory = await this.#sendLines(run, this.#memory!, lines, output, ended)
    if (ended) await this.#end(run, memory)
    this.#memory = memory
  }

  async close(): Promise<void> {}

  async #tellRun(run: Run, config: RunUpdate['config']): Promise<void> {
    const settings = this.#settings
    const { record } = run
    const values = { ...config, atelier: originOf(run) }
    const wrapped = Object.entries(values).map(([key, value]) => [key, { value }] as const)
    const { notes, tags } = labelsOf(record, settings)
    const variables = {
      name: settings.runId,
      project: settings.project,
      entity: settings.entity || null,
      groupName: settings.group || null,
      displayName: settings.name,
      notes,
      tags,
      commit: record.git?.commit ?? null,
      repo: record.git?.remote ?? null,
      config: JSON.stringify(Object.fromEntries(wrapped)),
      host: record.environment.host,
      program: 'atelier',
      jobType: settings.jobType,
      sweep: settings.sweepId || null,
    }
    const { upsertBucket } = await this.#api.query(UPSERT, variables, upsertSchema)
    const { project } = upsertBucket.bucket
    this.#memory = {
      ...(this.#memory ?? { history: 0, events: 0, output: 0, held: null, last: {} }),
      entity: project.entity.name,
      project: project.name,
    }
    this.#isOpen = true
  }

  /** Gives what to remember once all has gone through. */
  async #sendLines(
    run: Run,
    memory: Memory,
    lines: readonly MetricsLine[],
    output: string,
    ended: boolean,
  ): Promise<Memory> {
    const start = Date.parse(run.record.created)
    const { rows, system, held } = joinLines(memory.held, lines)
    const last = { ...memory.last }
    for (const row of held === null ? rows : [...rows, held]) {
      Object.assign(last, row.values, timesOf(row.step, row.time, start))
    }
    const history = rows.map((row) => historyLine(row, start))
    const events = system.map((row) => eventLine(row, start))
    const printed = output.split('\n').slice(0, -1)
    const files = {
      ...chunk('wandb-history.jsonl', memory.history, history),
      ...chunk('wandb-events.jsonl', memory.events, events),
      ...chunk('output.log', memory.output, printed),
      ...chunk('wandb-summary.json', 0, ended ? [] : [JSON.stringify(last)]),
    }
    if (Object.keys(files).length > 0) await this.#api.stream(this.#run(memory), { files })
    return {
      ...memory,
      history: memory.history + history.length,
      events: memory.events + events.length,
      output: memory.output + printed.length,
      held,
      last,
    }
  }

  /** The last row with the figures in it, the results, the model, and how the run ended. */
  async #end(run: Run, memory: Memory): Promise<void> {
    const { record } = run
    const streamed = this.#run(memory)
    const row = memory.held ?? { step: record.step, time: Date.parse(record.updated), values: {} }
    const figures = await figuresOf(run)
    const images = figures.map((one) => [one.key, imageValue(one, figurePath(one, row.step))])
    const contents = figures.map((one) => [figurePath(one, row.step), one.bytes] as const)
    await uploadFiles(this.#api, streamed, new Map(contents))
    const artifact = this.#settings.model ? await modelArtifactOf(run) : undefined
    if (artifact !== undefined) await uploadArtifact(this.#api, streamed, artifact)
    const more = Object.fromEntries(images) as Record<string, unknown>
    const files = {
      ...chunk('wandb-history.jsonl', memory.history, [
        historyLine(row, Date.parse(record.created), more),
      ]),
      ...chunk('wandb-summary.json', 0, [JSON.stringify(resultsOf(record, memory.last, more))]),
    }
    await this.#api.stream(streamed, { files })
    await this.#api.stream(streamed, { complete: true, exitcode: exitCode(record) })
  }

  #run({ entity, project }: Memory): StreamedRun {
    return { entity, project, runId: this.#settings.runId }
  }
}

function chunk(name: string, offset: number, content: readonly string[]) {
  return content.length === 0 ? {} : { [name]: { offset, content } }
}

function historyLine(row: MetricRow, start: number, more: Readonly<Record<string, unknown>> = {}) {
  return JSON.stringify({ ...row.values, ...more, ...timesOf(row.step, row.time, start) })
}

function eventLine({ time, values }: MetricRow, start: number): string {
  const named = Object.entries(values).map(([name, value]) => [`system.${name}`, value] as const)
  const { _runtime, _timestamp } = timesOf(0, time, start)
  return JSON.stringify({ ...Object.fromEntries(named), _runtime, _timestamp, _wandb: true })
}
