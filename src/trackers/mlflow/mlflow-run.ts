import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { RunRecord } from '../../contracts/index.ts'
import { sha256 } from '../../core/index.ts'
import type { Run } from '../../tracking/index.ts'
import { filesOf, modelFileOf } from '../run-media.ts'
import type { MlflowSettings } from '../settings.ts'
import type { RunUpdate, Tracker, TrackerSurroundings } from '../tracker.ts'
import { findOrMakeRun } from './find-mlflow-run.ts'
import { logMetrics, logParameters, logSummary } from './log-values.ts'
import { type ArtifactPlace, openArtifactPlace } from './mlflow-artifacts.ts'
import { type MlflowClient, mlflowClient } from './mlflow-client.ts'
import { MODEL_PATH, modelFolder } from './model-folder.ts'
import { registerVersion } from './register-version.ts'

const memorySchema = z.strictObject({
  experimentId: z.string(),
  runId: z.string(),
  artifactUri: z.string(),
  hasParameters: z.boolean(),
  /** SHA-256 of the files that were sent, by their paths. */
  files: z.record(z.string(), z.string()),
  /** Weight digest of the model that was sent. */
  model: z.string().nullable(),
  /** What was registered, of that model. */
  registered: z
    .strictObject({ name: z.string(), alias: z.string().nullable(), version: z.string() })
    .nullable(),
})
type Memory = z.infer<typeof memorySchema>

const STATUS: Readonly<Record<RunRecord['status'], string>> = {
  running: 'RUNNING',
  completed: 'FINISHED',
  interrupted: 'KILLED',
  failed: 'FAILED',
  crashed: 'FAILED',
}

/** What a person looks at. Checkpoints, and numbers that the server has as metrics, stay here. */
const SHOWN = /\.(?:png|svg|html|md|csv|txt|yaml|diff|json)$/
const HIDDEN = /^(?:checkpoints|profile)\/|^(?:run|artifacts|trashed)\.json$|^reference/
const MOST_BYTES = 2 ** 26

/** A run on an MLflow server. */
export class MlflowRun implements Tracker {
  readonly #settings: MlflowSettings
  readonly #client: MlflowClient
  readonly #signal: AbortSignal
  #memory: Memory | undefined
  #artifacts: ArtifactPlace | undefined
  /** As it was last told. */
  #status: string | undefined

  constructor(settings: MlflowSettings, around: TrackerSurroundings) {
    this.#settings = settings
    this.#client = mlflowClient(settings.uri, around)
    this.#signal = around.signal
    this.#memory = memorySchema.safeParse(around.memory).data
  }

  place(): string {
    const { uri } = this.#settings
    const known = this.#memory
    return known === undefined
      ? uri
      : `${uri}/#/experiments/${known.experimentId}/runs/${known.runId}`
  }

  memory(): Memory | null {
    return this.#memory ?? null
  }

  async send({ run, config, lines, ended }: RunUpdate): Promise<void> {
    const { runId } = await this.#open(run.record)
    if (!this.#memory!.hasParameters) {
      await logParameters(this.#client, runId, config)
      this.#remember({ hasParameters: true })
    }
    if (!ended) await this.#tellStatus('RUNNING')
    await logMetrics(this.#client, runId, lines)
    if (ended) await this.#end(run)
  }

  async close(): Promise<void> {
    await this.#artifacts?.close()
  }

  async #open(record: RunRecord): Promise<Memory> {
    if (this.#memory === undefined) {
      const info = await findOrMakeRun(this.#client, this.#settings.experiment, record)
      this.#memory = {
        experimentId: info.experiment_id,
        runId: info.run_id,
        artifactUri: info.artifact_uri,
        hasParameters: false,
        files: {},
        model: null,
        registered: null,
      }
      // as the server made it, or as another process left it
      this.#status = undefined
    }
    return this.#memory
  }

  async #end(run: Run): Promise<void> {
    const { record } = run
    const { runId } = this.#memory!
    await logSummary(this.#client, runId, record)
    await this.#tellLabels(record)
    await this.#sendFiles(run)
    if (this.#settings.model) await this.#sendModel(run)
    await this.#tellStatus(STATUS[record.status], Date.parse(record.updated))
  }

  async #tellStatus(status: string, endTime?: number): Promise<void> {
    if (this.#status === status) return
    const end = endTime === undefined ? {} : { end_time: endTime }
    const { runId } = this.#memory!
    await this.#client.send('POST', 'runs/update', { run_id: runId, status, ...end })
    this.#status = status
  }

  async #tellLabels({ tags, notes, failure, weight_digest, test_looks }: RunRecord): Promise<void> {
    const labels = {
      ...Object.fromEntries(tags.map((tag) => [tag, 'true'])),
      'mlflow.note.content': notes,
      'atelier.failure': failure === null ? '' : `${failure.code}: ${failure.message}`,
      'atelier.weight_digest': weight_digest ?? '',
      'atelier.test_looks': test_looks === 0 ? '' : String(test_looks),
    }
    const named = Object.entries(labels).filter(([, value]) => value !== '')
    if (named.length === 0) return
    await this.#client.send('POST', 'runs/log-batch', {
      run_id: this.#memory!.runId,
      tags: named.map(([key, value]) => ({ key: key.slice(0, 250), value: value.slice(0, 5000) })),
    })
  }

  async #sendFiles({ folder }: Run): Promise<void> {
    const place = await this.#place()
    const paths = (await filesOf(folder)).filter((path) => SHOWN.test(path) && !HIDDEN.test(path))
    for (const path of paths) {
      const file = join(folder, path)
      if ((await stat(file)).size > MOST_BYTES) continue
      const bytes = await readFile(file)
      const digest = sha256(bytes)
      if (this.#memory!.files[path] === digest) continue
      await place.write(path, bytes)
      this.#remember({ files: { ...this.#memory!.files, [path]: digest } })
    }
  }

  async #sendModel(run: Run): Promise<void> {
    const file = await modelFileOf(run)
    const digest = run.record.weight_digest
    if (file === undefined || digest === null) return
    const { runId, artifactUri } = this.#memory!
    if (this.#memory!.model !== digest) {
      const { description, files } = await modelFolder(file, runId, run.record)
      const place = await this.#place()
      for (const [path, content] of files) await place.write(`${MODEL_PATH}/${path}`, content)
      const model_json = JSON.stringify(description)
      await this.#client.send('POST', 'runs/log-model', { run_id: runId, model_json })
      this.#remember({ model: digest, registered: null })
    }
    const { register: name, alias } = this.#settings
    const { registered } = this.#memory!
    if (name === null || (registered?.name === name && registered.alias === alias)) return
    const source = `${artifactUri}/${MODEL_PATH}`
    const version = await registerVersion(this.#client, { name, alias, source, runId, digest })
    this.#remember({ registered: { name, alias, version } })
  }

  async #place(): Promise<ArtifactPlace> {
    this.#artifacts ??= await openArtifactPlace(
      this.#client,
      this.#memory!.artifactUri,
      this.#signal,
    )
    return this.#artifacts
  }

  #remember(change: Partial<Memory>): void {
    this.#memory = { ...this.#memory!, ...change }
  }
}
