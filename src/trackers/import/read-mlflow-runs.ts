import { z } from 'zod'
import type { RunStatus } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { experimentNamed } from '../mlflow/find-mlflow-run.ts'
import type { MlflowClient } from '../mlflow/mlflow-client.ts'
import type { ForeignPoint, ForeignRun } from './foreign-run.ts'

const pairSchema = z.object({ key: z.string(), value: z.string() })
const runSchema = z.object({
  info: z.object({
    run_id: z.string(),
    run_name: z.string().optional(),
    status: z.string(),
    start_time: z.coerce.number(),
    end_time: z.coerce.number().optional(),
    artifact_uri: z.string(),
  }),
  data: z.object({
    metrics: z.array(z.object({ key: z.string() })).optional(),
    params: z.array(pairSchema).optional(),
    tags: z.array(pairSchema).optional(),
  }),
})
type MlflowRunAnswer = z.infer<typeof runSchema>
const pageSchema = z.object({
  runs: z.array(runSchema).optional(),
  next_page_token: z.string().optional(),
})
const historySchema = z.object({
  metrics: z
    .array(
      z.object({
        value: z.unknown(),
        timestamp: z.coerce.number(),
        step: z.coerce.number().optional(),
      }),
    )
    .optional(),
  next_page_token: z.string().optional(),
})
const listSchema = z.object({
  files: z
    .array(
      z.object({ path: z.string(), is_dir: z.boolean(), file_size: z.coerce.number().optional() }),
    )
    .optional(),
})

const STATUS: Readonly<Record<string, RunStatus>> = {
  FINISHED: 'completed',
  KILLED: 'interrupted',
  FAILED: 'failed',
}
const MOST_FILES = 10_000

/** Reads one file of a run's artifacts. */
export type ReadArtifact = (artifactUri: string, path: string) => Promise<Uint8Array>

/**
 * All runs of an experiment, or one: `NAME` or `NAME/RUN_ID`. Throws IMPORT_INVALID where the server
 * has no such experiment.
 */
export async function* readMlflowRuns(
  client: MlflowClient,
  what: string,
  readArtifact: ReadArtifact,
): AsyncGenerator<ForeignRun> {
  const slash = what.lastIndexOf('/')
  const whole = await experimentNamed(client, what)
  const part =
    whole ?? (slash < 0 ? undefined : await experimentNamed(client, what.slice(0, slash)))
  if (part === undefined) {
    throw new AtelierError('IMPORT_INVALID', `${client.uri} has no experiment "${what}".`, {
      hint: 'Name an experiment of the server, or one of its runs as EXPERIMENT/RUN_ID.',
    })
  }
  const project = whole === undefined ? what.slice(0, slash) : what
  const wanted = whole === undefined ? what.slice(slash + 1) : undefined
  let page_token: string | undefined
  do {
    const ids = { experiment_ids: [part], max_results: 100 }
    const page = pageSchema.parse(
      await client.send('POST', 'runs/search', { ...ids, ...(page_token ? { page_token } : {}) }),
    )
    for (const run of page.runs ?? []) {
      if (wanted !== undefined && run.info.run_id !== wanted) continue
      yield await readRun(client, project, run, readArtifact)
    }
    page_token = page.next_page_token
  } while (page_token)
}

async function readRun(
  client: MlflowClient,
  project: string,
  { info, data }: MlflowRunAnswer,
  readArtifact: ReadArtifact,
): Promise<ForeignRun> {
  const tags = new Map((data.tags ?? []).map(({ key, value }) => [key, value]))
  const created = info.start_time
  const names = (data.metrics ?? []).map(({ key }) => key)
  const files = await filesBelow(client, info.run_id, '')
  return {
    origin: `mlflow:${info.run_id}`,
    name: info.run_name ?? info.run_id,
    project,
    status: STATUS[info.status] ?? 'crashed',
    created,
    seconds: ((info.end_time ?? created) - created) / 1000,
    config: Object.fromEntries((data.params ?? []).map(({ key, value }) => [key, typed(value)])),
    summary: {},
    tags: [...tags].flatMap(([key, value]) => tagsOf(key, value)),
    notes: tags.get('mlflow.note.content') ?? '',
    command: [tags.get('mlflow.source.name') ?? ''].filter(Boolean),
    commit: tags.get('mlflow.source.git.commit') ?? null,
    remote: tags.get('mlflow.source.git.repoURL') ?? null,
    host: '',
    platform: '',
    points: await pointsOf(client, info.run_id, names),
    files: files.map((path) => ({ path, read: () => readArtifact(info.artifact_uri, path) })),
  }
}

/** MLflow's own tags describe, and do not mark; a mark has no value to speak of. */
function tagsOf(key: string, value: string): string[] {
  if (key.startsWith('mlflow.') || key.startsWith('atelier.')) return []
  return [value === 'true' || value === '' ? key : `${key}=${value}`]
}

/** Parameters are texts there. */
function typed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return { True: true, False: false, None: null }[text] ?? (text === 'None' ? null : text)
  }
}

/** Every value of every metric; those of one step and time are one point. */
async function pointsOf(
  client: MlflowClient,
  runId: string,
  names: readonly string[],
): Promise<ForeignPoint[]> {
  const points = new Map<string, { step: number; time: number; values: Record<string, number> }>()
  for (const name of names) {
    for await (const { value, timestamp, step = 0 } of historyOf(client, runId, name)) {
      if (typeof value !== 'number' || !Number.isFinite(value)) continue
      const key = `${step} ${timestamp}`
      const point = points.get(key) ?? { step: Math.max(0, step), time: timestamp, values: {} }
      point.values[name] = value
      points.set(key, point)
    }
  }
  return [...points.values()].sort((a, b) => a.step - b.step || a.time - b.time)
}

async function* historyOf(client: MlflowClient, runId: string, name: string) {
  let token: string | undefined
  do {
    const page = historySchema.parse(
      await client.get('metrics/get-history', {
        run_id: runId,
        metric_key: name,
        max_results: '10000',
        ...(token ? { page_token: token } : {}),
      }),
    )
    yield* page.metrics ?? []
    token = page.next_page_token
  } while (token)
}

async function filesBelow(client: MlflowClient, runId: string, path: string): Promise<string[]> {
  const query = { run_id: runId, ...(path === '' ? {} : { path }) }
  const { files = [] } = listSchema.parse(await client.get('artifacts/list', query))
  const found: string[] = []
  for (const file of files) {
    // only downwards, whatever the server says
    if (path !== '' && !file.path.startsWith(`${path}/`)) continue
    found.push(...(file.is_dir ? await filesBelow(client, runId, file.path) : [file.path]))
    if (found.length > MOST_FILES) {
      throw new AtelierError('IMPORT_INVALID', `Run ${runId} has more than ${MOST_FILES} files.`)
    }
  }
  return found
}
