/** A server that answers what W&B's clients ask of it, ours and its own, and keeps what they send. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { startServer } from './object-web-server.ts'

type Json = Record<string, unknown>

export interface WandbArtifact {
  readonly input: Json
  /** Of the manifest that was uploaded. */
  manifest: Json | undefined
  committed: boolean
}

/** What the server holds of one run. */
export interface WandbRun {
  readonly bucket: Json
  /** By their number; a line sent twice is one. */
  readonly history: Map<number, Json>
  readonly events: Map<number, Json>
  readonly output: Map<number, string>
  summary: Json
  exitCode: number | undefined
  readonly uploaded: Set<string>
}

export interface WandbServer {
  readonly url: string
  readonly runs: Map<string, WandbRun>
  readonly artifacts: WandbArtifact[]
  /** Bytes by the path they were put to. */
  readonly files: Map<string, Buffer>
  /** What it could not make sense of. */
  readonly complaints: string[]
  /** How it fails: statuses for the next requests; `hang` never answers. */
  trouble: number | 'hang' | undefined
  close(): Promise<void>
}

const ENTITY = 'team'
const AUTHORIZATION = (key: string) => `Basic ${Buffer.from(`api:${key}`).toString('base64')}`

export async function startWandbServer(key: string): Promise<WandbServer> {
  const state = {
    runs: new Map<string, WandbRun>(),
    artifacts: [] as WandbArtifact[],
    files: new Map<string, Buffer>(),
    complaints: [] as string[],
    trouble: undefined as WandbServer['trouble'],
  }
  let url = ''
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request)
    if (state.trouble === 'hang') return
    if (state.trouble !== undefined) return void response.writeHead(state.trouble).end('trouble')
    const path = new URL(request.url!, url).pathname
    const given = request.headers.authorization
    if (given !== AUTHORIZATION(key)) {
      // addresses of uploads are signed on the real server
      if (!path.startsWith('/storage/')) return void response.writeHead(401).end('{}')
    }
    response.setHeader('content-type', 'application/json')
    if (path === '/graphql') {
      const asked = JSON.parse(body.toString()) as { query: string; variables: Json }
      const data = graphql(state, url, asked.query, asked.variables ?? {})
      response.end(JSON.stringify({ data }))
    } else if (path.endsWith('/file_stream')) {
      stream(state, decodeURIComponent(path.split('/')[4]!), JSON.parse(body.toString()) as Json)
      response.end('{}')
    } else if (path.startsWith('/storage/') && request.method === 'PUT') {
      state.files.set(decodeURIComponent(path.slice('/storage/'.length)), body)
      const manifest = /^artifact\/(\d+)\/manifest$/.exec(path.slice('/storage/'.length))
      if (manifest !== null) {
        state.artifacts[Number(manifest[1])]!.manifest = JSON.parse(body.toString()) as Json
      }
      response.end()
    } else {
      state.complaints.push(`${request.method} ${path}`)
      response.writeHead(404).end('{}')
    }
  }
  const server = await startServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      state.complaints.push(String(error))
      response.writeHead(400).end(JSON.stringify({ errors: [{ message: String(error) }] }))
    })
  })
  url = server.url
  return Object.assign(state, { url, close: () => server.close() })
}

type State = Pick<WandbServer, 'runs' | 'artifacts' | 'complaints'>

function graphql(state: State, url: string, query: string, variables: Json): unknown {
  const name = /(?:query|mutation)\s+(\w+)/.exec(query)?.[1] ?? query
  switch (name) {
    case 'ServerFeaturesQuery':
      return { serverInfo: { features: [] } }
    case 'Viewer':
      return {
        viewer: {
          id: 'u',
          entity: ENTITY,
          username: 'u',
          email: '',
          flags: '{}',
          teams: { edges: [] },
        },
      }
    case 'RunResumeStatus':
      return { model: null }
    case 'UpsertBucket':
      return upsertBucket(state, variables)
    case 'CreateRunFiles': {
      const { run, files } = variables as { run: string; files: string[] }
      const places = files.map((file) => ({
        name: file,
        uploadUrl: `${url}/storage/run/${encodeURIComponent(run)}/${file}`,
      }))
      return { createRunFiles: { runID: run, uploadHeaders: [], files: places } }
    }
    case 'CreateArtifact': {
      const { input } = variables as { input: Json }
      const same = state.artifacts.findIndex((one) => one.input['digest'] === input['digest'])
      if (same < 0) state.artifacts.push({ input, manifest: undefined, committed: false })
      const index = same < 0 ? state.artifacts.length - 1 : same
      const is = state.artifacts[index]!.committed ? 'COMMITTED' : 'PENDING'
      const artifact = {
        id: String(index),
        state: is,
        artifactSequence: { id: 's', latestArtifact: null },
      }
      return { createArtifact: { artifact } }
    }
    case 'CreateArtifactManifest': {
      const id = String(variables['artifactID'])
      const file = {
        id: 'f',
        uploadUrl: `${url}/storage/artifact/${id}/manifest`,
        uploadHeaders: [],
      }
      return { createArtifactManifest: { artifactManifest: { id: `m${id}`, file } } }
    }
    case 'UpdateArtifactManifest': {
      const id = String(variables['artifactManifestID'])
      const place = `${url}/storage/artifact/${id.slice(1)}/manifest`
      const file = { id: 'f', uploadUrl: place, uploadHeaders: [] }
      return { updateArtifactManifest: { artifactManifest: { id, file } } }
    }
    case 'CreateArtifactFiles': {
      const { artifactFiles } = (variables as { input: { artifactFiles: Json[] } }).input
      const edges = artifactFiles.map((file) => ({
        node: {
          storagePath: `artifact/${file['artifactID']}/${file['name']}`,
          uploadUrl: `${url}/storage/artifact/${file['artifactID']}/${file['name']}`,
          uploadHeaders: [`Content-MD5:${file['md5']}`],
          uploadMultipartUrls: null,
          artifact: { id: file['artifactID'] },
        },
      }))
      return { createArtifactFiles: { files: { edges } } }
    }
    case 'CommitArtifact': {
      const id = String(variables['artifactID'])
      const artifact = state.artifacts[Number(id)]!
      artifact.committed = true
      return { commitArtifact: { artifact: { id, digest: artifact.input['digest'] } } }
    }
    case 'MarkRunFilesUploaded':
      return { markRunFilesUploaded: { success: true } }
    case 'XXHashDigestsEnabled':
      return { entity: { xxhashDigestsEnabled: false } }
    case 'FetchArtifactDigestAlgorithm':
      return { project: null }
    case 'OrganizationCoreWeaveOrganizationID':
      return { entity: null }
    case 'ClientIDMapping':
      return { clientIDMapping: null }
    default:
      if (name.startsWith('Probe')) return typesOf(query)
      state.complaints.push(`no answer to ${name}`)
      return null
  }
}

/** What clients before 0.23 ask to learn what a server can: nothing more than it must. */
function typesOf(query: string): Json {
  const names = [...query.matchAll(/(\w+): __type/g)].map(([, name]) => name)
  return Object.fromEntries(names.map((name) => [name, { fields: [], inputFields: [] }]))
}

function upsertBucket(state: State, variables: Json): unknown {
  const id = String(variables['name'])
  const known = state.runs.get(id)
  const given = Object.entries(variables).filter(([, value]) => value !== null)
  const bucket = { ...known?.bucket, ...Object.fromEntries(given) }
  if (known === undefined) state.runs.set(id, emptyRun(bucket))
  else Object.assign(known.bucket, bucket)
  const project = {
    id: 'p',
    name: bucket['project'] ?? 'uncategorized',
    entity: { id: 'e', name: ENTITY },
  }
  return {
    upsertBucket: {
      bucket: {
        id: `bucket-${id}`,
        name: id,
        displayName: bucket['displayName'] ?? id,
        description: null,
        config: bucket['config'] ?? '{}',
        sweepName: bucket['sweep'] ?? null,
        project,
        historyLineCount: known?.history.size ?? 0,
      },
      inserted: known === undefined,
    },
  }
}

function emptyRun(bucket: Json): WandbRun {
  return {
    bucket,
    history: new Map(),
    events: new Map(),
    output: new Map(),
    summary: {},
    exitCode: undefined,
    uploaded: new Set(),
  }
}

function stream(state: State, id: string, body: Json): void {
  const run = state.runs.get(id)
  if (run === undefined) throw new Error(`no run ${id}`)
  const {
    files = {},
    uploaded = [],
    complete,
    exitcode,
  } = body as {
    files?: Record<string, { offset: number; content: string[] }>
    uploaded?: string[]
    complete?: boolean
    exitcode?: number
  }
  for (const [name, { offset, content }] of Object.entries(files)) {
    content.forEach((line, i) => {
      if (name === 'wandb-history.jsonl') run.history.set(offset + i, JSON.parse(line) as Json)
      else if (name === 'wandb-events.jsonl') run.events.set(offset + i, JSON.parse(line) as Json)
      else if (name === 'wandb-summary.json') run.summary = JSON.parse(line) as Json
      else if (name === 'output.log') run.output.set(offset + i, line)
      else state.complaints.push(`a stream of ${name}`)
    })
  }
  for (const path of uploaded ?? []) run.uploaded.add(path)
  if (complete) run.exitCode = exitcode
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const bytes = await buffer(request)
  const declared = request.headers['content-md5']
  if (declared !== undefined && createHash('md5').update(bytes).digest('base64') !== declared) {
    throw new Error(`${request.url} has another MD5`)
  }
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
}
