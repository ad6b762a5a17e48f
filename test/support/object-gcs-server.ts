/**
 * The part of Google Cloud Storage's JSON protocol that is used, as its documentation describes it, in
 * memory. It asks for no credentials. Whether it is true to the protocol is told by running the same
 * tests on another emulator.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createCrc32c } from '../../src/storage/objects/crc32c.ts'
import { type BucketModel, bodyOf, md5, rangeOf, type StoredObject } from './object-bucket-model.ts'
import type { Handler } from './object-web-server.ts'

interface Session {
  readonly bucket: string
  readonly key: string
  readonly md5Hash: string | undefined
  readonly mustBeAbsent: boolean
  received: Buffer
}

export interface GcsModel extends BucketModel {
  readonly sessions: Map<string, Session>
  /** Keys of objects that were composed of others, of which no MD5 is known. */
  readonly composed: Set<string>
}

export function gcsModel(buckets: BucketModel): GcsModel {
  return { ...buckets, sessions: new Map(), composed: new Set() }
}

interface Exchange {
  readonly model: GcsModel
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly bucket: string
  readonly key: string
  readonly query: URLSearchParams
}

const PAGE = 500
const UNIT = 256 << 10

export function serveGcs(model: GcsModel): Handler {
  return (request, response) => {
    const url = new URL(request.url!, 'http://x')
    const [, upload, bucket = '', name = ''] =
      /^(\/upload)?\/storage\/v1\/b\/([^/]+)\/o(?:\/(.*))?$/.exec(url.pathname) ?? []
    const key = decodeURIComponent(name)
    const exchange = { model, request, response, bucket, key, query: url.searchParams }
    if (model.bucket(bucket) === undefined)
      return fail(exchange, 404, 'The specified bucket does not exist.')
    if (upload !== undefined) return void takeUpload(exchange)
    if (request.method === 'DELETE') return remove(exchange)
    if (key === '') return list(exchange)
    get(exchange)
  }
}

function get(exchange: Exchange) {
  const { request, response, model, bucket, key, query } = exchange
  const stored = model.bucket(bucket)!.get(key)
  if (stored === undefined) return fail(exchange, 404, `No such object: ${bucket}/${key}`)
  const wanted = query.get('ifGenerationMatch')
  if (wanted !== null && wanted !== stored.generation) return fail(exchange, 412, 'conditionNotMet')
  if (query.get('alt') !== 'media') return send(exchange, 200, resource(model, key, stored))
  const range = rangeOf(request.headers.range, stored.bytes.length)
  if (range === undefined) return fail(exchange, 416, 'Requested range not satisfiable')
  const { start, end, partial } = range
  const { md5Hash, crc32c } = resource(model, key, stored)
  response.writeHead(partial ? 206 : 200, {
    'content-length': end - start,
    'content-type': 'application/octet-stream',
    'x-goog-generation': stored.generation,
    'x-goog-hash': `crc32c=${crc32c}${md5Hash === undefined ? '' : `,md5=${md5Hash}`}`,
    ...(partial && { 'content-range': `bytes ${start}-${end - 1}/${stored.bytes.length}` }),
  })
  response.end(stored.bytes.subarray(start, end))
}

function resource({ composed }: GcsModel, name: string, stored: StoredObject) {
  const crc = createCrc32c()
  crc.update(stored.bytes)
  return {
    name,
    size: String(stored.bytes.length),
    md5Hash: composed.has(name) ? undefined : stored.md5.toString('base64'),
    crc32c: Buffer.from(crc.digest(), 'hex').toString('base64'),
    generation: stored.generation,
    updated: stored.modified.toISOString(),
  }
}

function remove(exchange: Exchange) {
  const { response, model, bucket, key, query } = exchange
  const stored = model.bucket(bucket)!.get(key)
  if (stored === undefined) return fail(exchange, 404, `No such object: ${bucket}/${key}`)
  const wanted = query.get('ifGenerationMatch')
  if (wanted !== null && wanted !== stored.generation) return fail(exchange, 412, 'conditionNotMet')
  model.bucket(bucket)!.delete(key)
  response.writeHead(204).end()
}

function list(exchange: Exchange) {
  const { model, bucket, query } = exchange
  const keys = model.keys(bucket, query.get('prefix') ?? '')
  const from = Number(query.get('pageToken') ?? 0)
  const items = keys
    .slice(from, from + PAGE)
    .map((key) => resource(model, key, model.bucket(bucket)!.get(key)!))
  const more = from + PAGE < keys.length && { nextPageToken: String(from + PAGE) }
  send(exchange, 200, { items, ...more })
}

async function takeUpload(exchange: Exchange) {
  const { request, query } = exchange
  const body = await bodyOf(request)
  if (body === undefined) return
  if (query.get('upload_id') !== null) return continueUpload(exchange, body)
  if (query.get('uploadType') === 'resumable') return begin(exchange, body)
  const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')![1]!
  const headEnd = body.indexOf('\r\n\r\n') + 4
  const metaEnd = body.indexOf(`\r\n--${boundary}`, headEnd)
  const dataStart = body.indexOf('\r\n\r\n', metaEnd) + 4
  const dataEnd = body.lastIndexOf(`\r\n--${boundary}--`)
  if (metaEnd < 0 || dataEnd < dataStart) return fail(exchange, 400, 'malformed multipart body')
  const { name, md5Hash } = JSON.parse(body.subarray(headEnd, metaEnd).toString())
  store(exchange, name, md5Hash, body.subarray(dataStart, dataEnd), isBound(exchange))
}

const isBound = ({ query }: Exchange) => query.get('ifGenerationMatch') === '0'

function store(
  exchange: Exchange,
  key: string,
  md5Hash: string | undefined,
  bytes: Buffer,
  mustBeAbsent: boolean,
) {
  const { model, bucket } = exchange
  if (mustBeAbsent && model.bucket(bucket)!.has(key)) return fail(exchange, 412, 'conditionNotMet')
  const sum = md5(bytes).toString('base64')
  if (md5Hash !== undefined && md5Hash !== sum)
    return fail(
      exchange,
      400,
      `Provided MD5 hash "${md5Hash}" doesn't match calculated MD5 hash "${sum}".`,
    )
  send(exchange, 200, resource(model, key, model.put(bucket, key, Buffer.from(bytes))))
}

function begin(exchange: Exchange, body: Buffer) {
  const { model, request, response, bucket } = exchange
  const { name: key, md5Hash } = JSON.parse(body.toString())
  const mustBeAbsent = isBound(exchange)
  if (mustBeAbsent && model.bucket(bucket)!.has(key)) return fail(exchange, 412, 'conditionNotMet')
  const id = `session-${model.sessions.size}-${Math.random().toString(36).slice(2)}`
  model.sessions.set(id, { bucket, key, md5Hash, mustBeAbsent, received: Buffer.alloc(0) })
  const location = `http://${request.headers.host}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`
  response.writeHead(200, { location, 'content-length': 0 }).end()
}

function continueUpload(exchange: Exchange, body: Buffer) {
  const { model, request, response, query } = exchange
  const session = model.sessions.get(query.get('upload_id')!)
  if (session === undefined) return fail(exchange, 404, 'No such upload session')
  const [, start, last, size] =
    /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(request.headers['content-range'] ?? '') ?? []
  if (start !== undefined) {
    const from = Number(start)
    const isLast = Number(last) + 1 === Number(size)
    if (Number(last) + 1 - from !== body.length || from > session.received.length)
      return fail(exchange, 400, 'Invalid range')
    if (!isLast && body.length % UNIT !== 0) return fail(exchange, 400, 'Not a multiple of 256 KiB')
    session.received = Buffer.concat([session.received.subarray(0, from), body])
  }
  const { received, key, md5Hash, mustBeAbsent } = session
  if (received.length === Number(size)) return store(exchange, key, md5Hash, received, mustBeAbsent)
  const range = received.length > 0 && { range: `bytes=0-${received.length - 1}` }
  response.writeHead(308, { ...range, 'content-length': 0 }).end()
}

function send({ response }: Exchange, status: number, value: unknown) {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
  response.end(JSON.stringify(value))
}

function fail(exchange: Exchange, status: number, message: string) {
  exchange.request.resume()
  send(exchange, status, { error: { code: status, message } })
}
