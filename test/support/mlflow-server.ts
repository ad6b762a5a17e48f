/** A server that answers what we ask of MLflow's, and keeps what it is sent; the real one is asked in the full run. */
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { startServer } from './object-web-server.ts'

type Json = Record<string, unknown>

export interface MlflowRunKept {
  readonly id: string
  status: string
  readonly params: Map<string, string>
  readonly tags: Map<string, string>
  /** `KEY STEP VALUE`, one for each time it was sent. */
  readonly points: string[]
}

export interface MlflowServer {
  readonly url: string
  readonly runs: MlflowRunKept[]
  /** Bytes by their paths, `RUN/PATH`. */
  readonly files: Map<string, Buffer>
  /** Versions of registered models with the aliases that point to them. */
  readonly versions: { readonly name: string; readonly source: unknown; readonly tags: unknown }[]
  readonly aliases: Map<string, string>
  /** How it fails; `hang` never answers. */
  trouble: number | 'hang' | undefined
  close(): Promise<void>
}

/** What an answer of a refused request holds. */
class Refusal extends Error {}

export async function startMlflowServer(authorization: string): Promise<MlflowServer> {
  const state = {
    runs: [] as MlflowRunKept[],
    files: new Map<string, Buffer>(),
    versions: [] as { name: string; source: unknown; tags: unknown }[],
    aliases: new Map<string, string>(),
    experiments: [] as string[],
    models: new Set<string>(),
    trouble: undefined as MlflowServer['trouble'],
  }
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: Json }> => {
    const body = await buffer(request)
    if (typeof state.trouble === 'number') return { status: state.trouble, body: {} }
    if (request.headers.authorization !== authorization) return { status: 401, body: {} }
    const url = new URL(request.url!, 'http://x')
    const artifact = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/(.*)$/.exec(url.pathname)?.[1]
    if (artifact !== undefined) {
      state.files.set(decodeURIComponent(artifact), body)
      return { status: 200, body: {} }
    }
    const path = url.pathname.replace('/api/2.0/mlflow/', '')
    const given = request.method === 'GET' ? Object.fromEntries(url.searchParams) : parse(body)
    try {
      return { status: 200, body: call(state, path, given) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: 400, body: { error_code: error.message, message: error.message } }
    }
  }
  const server = await startServer((request, response) => {
    if (state.trouble === 'hang') return
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  return Object.assign(state, { url: server.url, close: () => server.close() })
}

const parse = (body: Buffer) => JSON.parse(body.toString() || '{}') as Json

type State = Omit<MlflowServer, 'url' | 'close'> & {
  readonly experiments: string[]
  readonly models: Set<string>
}

function call(state: State, path: string, given: Json): Json {
  const infoOf = ({ id }: MlflowRunKept) => ({
    run_id: id,
    experiment_id: '1',
    artifact_uri: `mlflow-artifacts:/${id}`,
  })
  const run = state.runs.find(({ id }) => id === given['run_id'])
  const pairs = (name: string) => (given[name] ?? []) as { key: string; value: string }[]
  switch (path) {
    case 'experiments/get-by-name':
      if (!state.experiments.includes(String(given['experiment_name']))) {
        throw new Refusal('RESOURCE_DOES_NOT_EXIST')
      }
      return { experiment: { experiment_id: '1' } }
    case 'experiments/create':
      state.experiments.push(String(given['name']))
      return { experiment_id: '1' }
    case 'runs/search': {
      const wanted = /= '(.*)'$/.exec(String(given['filter']))?.[1]
      const found = state.runs.filter(({ tags }) => tags.get('atelier.run') === wanted)
      return { runs: found.map((one) => ({ info: infoOf(one) })) }
    }
    case 'runs/create': {
      const made: MlflowRunKept = {
        id: `run${state.runs.length}`,
        status: 'RUNNING',
        params: new Map(),
        tags: new Map(pairs('tags').map(({ key, value }) => [key, value])),
        points: [],
      }
      state.runs.push(made)
      return { run: { info: infoOf(made) } }
    }
    case 'runs/update':
      run!.status = String(given['status'])
      return {}
    case 'runs/log-batch': {
      for (const { key, value } of pairs('params')) run!.params.set(key, value)
      for (const { key, value } of pairs('tags')) run!.tags.set(key, value)
      const metrics = (given['metrics'] ?? []) as { key: string; step: number; value: number }[]
      if (metrics.length > 1000) throw new Refusal('INVALID_PARAMETER_VALUE')
      run!.points.push(...metrics.map(({ key, step, value }) => `${key} ${step} ${value}`))
      return {}
    }
    case 'runs/log-model':
      return {}
    case 'registered-models/create':
      if (state.models.has(String(given['name']))) throw new Refusal('RESOURCE_ALREADY_EXISTS')
      state.models.add(String(given['name']))
      return {}
    case 'model-versions/search':
      return {
        model_versions: state.versions.map((one, i) => ({
          version: String(i + 1),
          tags: one.tags,
        })),
      }
    case 'model-versions/create': {
      const { name, source, tags } = given
      state.versions.push({ name: String(name), source, tags })
      return { model_version: { version: String(state.versions.length) } }
    }
    case 'registered-models/alias':
      state.aliases.set(`${given['name']}@${given['alias']}`, String(given['version']))
      return {}
    default:
      throw new Refusal(`ENDPOINT_NOT_FOUND ${path}`)
  }
}
