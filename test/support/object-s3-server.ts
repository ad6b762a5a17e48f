/**
 * The part of S3's protocol that is used, as its documentation describes it, in memory. It knows no
 * signatures. Whether it is true to the protocol is told by running the same tests on other emulators.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type BucketModel, bodyOf, md5, rangeOf, type StoredObject } from './object-bucket-model.ts'
import type { Handler } from './object-web-server.ts'

interface Upload {
  readonly key: string
  readonly metadata: Readonly<Record<string, string>>
  readonly parts: Map<number, Buffer>
  readonly initiated: Date
}

const PAGE = 500

export interface S3Model extends BucketModel {
  readonly uploads: Map<string, Upload>
}

export function s3Model(buckets: BucketModel): S3Model {
  return { ...buckets, uploads: new Map() }
}

interface Exchange {
  readonly model: S3Model
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly bucket: string
  readonly key: string
  readonly query: URLSearchParams
}

export function serveS3(model: S3Model): Handler {
  return (request, response) => {
    const [path = '', search = ''] = request.url!.split('?', 2)
    const [, bucket = '', ...rest] = path.split('/')
    const key = decodeURIComponent(rest.join('/'))
    const exchange = { model, request, response, bucket, key, query: new URLSearchParams(search) }
    if (model.bucket(bucket) === undefined) return fail(exchange, 404, 'NoSuchBucket')
    void (key === '' ? bucketRequest(exchange) : objectRequest(exchange))
  }
}

async function bucketRequest(exchange: Exchange) {
  const { request, response, query, model } = exchange
  if (request.method === 'HEAD') return void response.writeHead(200).end()
  if (query.has('uploads')) {
    const uploads = [...model.uploads].map(
      ([id, { key, initiated }]) =>
        `<Upload><Key>${xmlText(key)}</Key><UploadId>${id}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
    )
    return sendXml(exchange, 'ListMultipartUploadsResult', uploads.join(''))
  }
  listObjects(exchange)
}

function listObjects(exchange: Exchange): void {
  const { model, bucket, query } = exchange
  const keys = model.keys(bucket, query.get('prefix') ?? '')
  const after = query.get('continuation-token')
  const from = after === null ? 0 : keys.indexOf(Buffer.from(after, 'hex').toString()) + 1
  const page = keys.slice(from, from + PAGE)
  const encoded = (key: string) =>
    encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/')
  const contents = page.map((key) => {
    const { bytes, etag, modified } = model.bucket(bucket)!.get(key)!
    return `<Contents><Key>${xmlText(encoded(key))}</Key><Size>${bytes.length}</Size><ETag>&quot;${etag}&quot;</ETag><LastModified>${modified.toISOString()}</LastModified></Contents>`
  })
  const next =
    from + PAGE < keys.length
      ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${Buffer.from(page.at(-1)!).toString('hex')}</NextContinuationToken>`
      : '<IsTruncated>false</IsTruncated>'
  sendXml(
    exchange,
    'ListBucketResult',
    `<EncodingType>url</EncodingType>${next}${contents.join('')}`,
  )
}

async function objectRequest(exchange: Exchange) {
  const { request, response, model, bucket, key, query } = exchange
  const uploadId = query.get('uploadId')
  if (request.method === 'GET' && uploadId !== null) return listParts(exchange, uploadId)
  if (request.method === 'GET' || request.method === 'HEAD') return getObject(exchange)
  if (request.method === 'DELETE') {
    if (uploadId !== null) model.uploads.delete(uploadId)
    else model.bucket(bucket)!.delete(key)
    return void response.writeHead(204).end()
  }
  const body = await bodyOf(request)
  if (body === undefined) return
  if (request.headers['content-encoding'] === 'aws-chunked')
    return fail(exchange, 501, 'NotImplemented')
  const sum = request.headers['content-md5']
  if (sum !== undefined && sum !== md5(body).toString('base64'))
    return fail(exchange, 400, 'BadDigest')
  if (request.method === 'PUT' && uploadId !== null) return putPart(exchange, uploadId, body)
  if (request.method === 'PUT') return putObject(exchange, body)
  if (query.has('uploads')) return begin(exchange)
  if (uploadId !== null) return complete(exchange, uploadId, body.toString())
  fail(exchange, 400, 'InvalidRequest')
}

function getObject(exchange: Exchange) {
  const { request, response, model, bucket, key } = exchange
  const stored = model.bucket(bucket)!.get(key)
  if (stored === undefined) return fail(exchange, 404, 'NoSuchKey')
  const wanted = request.headers['if-match']
  if (wanted !== undefined && wanted.replaceAll('"', '') !== stored.etag)
    return fail(exchange, 412, 'PreconditionFailed')
  const range = rangeOf(request.headers.range, stored.bytes.length)
  if (range === undefined) return fail(exchange, 416, 'InvalidRange')
  response.writeHead(range.partial ? 206 : 200, {
    ...objectHeaders(stored),
    'content-length': range.end - range.start,
    ...(range.partial && {
      'content-range': `bytes ${range.start}-${range.end - 1}/${stored.bytes.length}`,
    }),
  })
  response.end(
    request.method === 'HEAD' ? undefined : stored.bytes.subarray(range.start, range.end),
  )
}

function objectHeaders({ etag, modified, metadata }: StoredObject): Record<string, string> {
  const own = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])
  return {
    etag: `"${etag}"`,
    'last-modified': modified.toUTCString(),
    'content-type': 'application/octet-stream',
    ...Object.fromEntries(own),
  }
}

function putObject(exchange: Exchange, body: Buffer) {
  const { response, model, bucket, key } = exchange
  if (isTaken(exchange)) return fail(exchange, 412, 'PreconditionFailed')
  const { etag } = model.put(bucket, key, body, { metadata: metadataOf(exchange) })
  response.writeHead(200, { etag: `"${etag}"` }).end()
}

function isTaken({ request, model, bucket, key }: Exchange): boolean {
  return request.headers['if-none-match'] === '*' && model.bucket(bucket)!.has(key)
}

function metadataOf({ request }: Exchange): Record<string, string> {
  const own = Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz-meta-'))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(11), String(value)]))
}

function begin(exchange: Exchange): void {
  const { model, key } = exchange
  const id = `upload-${model.uploads.size}-${Math.random().toString(36).slice(2)}`
  model.uploads.set(id, {
    key,
    metadata: metadataOf(exchange),
    parts: new Map(),
    initiated: new Date(),
  })
  sendXml(exchange, 'InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`)
}

function putPart(exchange: Exchange, uploadId: string, body: Buffer) {
  const upload = exchange.model.uploads.get(uploadId)
  if (upload === undefined) return fail(exchange, 404, 'NoSuchUpload')
  upload.parts.set(Number(exchange.query.get('partNumber')), body)
  exchange.response.writeHead(200, { etag: `"${md5(body).toString('hex')}"` }).end()
}

function listParts(exchange: Exchange, uploadId: string) {
  const upload = exchange.model.uploads.get(uploadId)
  if (upload === undefined) return fail(exchange, 404, 'NoSuchUpload')
  const parts = [...upload.parts].map(
    ([number, bytes]) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>&quot;${md5(bytes).toString('hex')}&quot;</ETag><Size>${bytes.length}</Size></Part>`,
  )
  sendXml(exchange, 'ListPartsResult', `<IsTruncated>false</IsTruncated>${parts.join('')}`)
}

function complete(exchange: Exchange, uploadId: string, xml: string) {
  const { model, bucket, key } = exchange
  const upload = model.uploads.get(uploadId)
  if (upload === undefined) return fail(exchange, 404, 'NoSuchUpload')
  if (isTaken(exchange)) return fail(exchange, 412, 'PreconditionFailed')
  const wanted = [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part]) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part!)?.[1]),
    tag: /([0-9a-f]{32})/.exec(part!)?.[1],
  }))
  const parts = wanted.map(({ number }) => upload.parts.get(number))
  if (
    parts.some((bytes, i) => bytes === undefined || md5(bytes).toString('hex') !== wanted[i]!.tag)
  )
    return fail(exchange, 400, 'InvalidPart')
  const tags = Buffer.concat(parts.map((bytes) => md5(bytes!)))
  const etag = `${md5(tags).toString('hex')}-${parts.length}`
  model.put(bucket, key, Buffer.concat(parts as Buffer[]), { etag, metadata: upload.metadata })
  model.uploads.delete(uploadId)
  sendXml(exchange, 'CompleteMultipartUploadResult', `<ETag>&quot;${etag}&quot;</ETag>`)
}

function sendXml({ response }: Exchange, root: string, inner: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?><${root}>${inner}</${root}>`)
}

function fail({ request, response }: Exchange, status: number, code: string): void {
  request.resume()
  response.writeHead(status, { 'content-type': 'application/xml' })
  const text = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>emulated</Message></Error>`
  response.end(request.method === 'HEAD' ? undefined : text)
}

function xmlText(text: string): string {
  return text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
