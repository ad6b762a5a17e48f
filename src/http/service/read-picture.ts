import type { FastifyInstance, FastifyRequest } from 'fastify'
import { httpError } from '../http-error.ts'
import { parseMultipart } from './multipart.ts'

/** A picture as a client sent it. */
export interface SentPicture {
  readonly name: string | undefined
  readonly bytes: Buffer
}

const FORM = 'multipart/form-data'
/** What a form may add to a file: boundaries, headers, short fields. */
export const FORM_BYTES = 16 * 1024
/** Fields beside the files that are let pass. */
const SPARE_PARTS = 2

/** Bodies are read whole into memory, up to Fastify's body limit, and looked at afterwards. */
export function acceptPictures(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  const keep = (_: FastifyRequest, body: Buffer, done: (error: null, body: Buffer) => void) =>
    done(null, body)
  for (const type of [/^image\/[\w.+-]+(?:;|$)/, 'application/octet-stream', FORM]) {
    app.addContentTypeParser(type, { parseAs: 'buffer' }, keep)
  }
}

/** The one picture of a request: the body itself, or the field `file` of a form. */
export function readPicture(request: FastifyRequest, maxBytes: number): SentPicture {
  const type = request.headers['content-type'] ?? ''
  const { body } = request
  if (!Buffer.isBuffer(body)) throw fieldMissing('file')
  if (!type.toLowerCase().startsWith(FORM)) {
    if (body.length === 0) throw fieldMissing('file')
    return checkSize({ name: undefined, bytes: body }, maxBytes)
  }
  const parts = parseMultipart(body, type, 1 + SPARE_PARTS)
  const file = parts.find(({ name, filename }) => name === 'file' && filename !== undefined)
  if (file === undefined) throw fieldMissing('file')
  return checkSize({ name: file.filename || undefined, bytes: file.data }, maxBytes)
}

/** The pictures under `files` of a form. */
export function readPictures(request: FastifyRequest, maxFiles: number): SentPicture[] {
  const type = request.headers['content-type'] ?? ''
  const { body } = request
  if (!Buffer.isBuffer(body) || !type.toLowerCase().startsWith(FORM)) throw fieldMissing('files')
  const parts = parseMultipart(body, type, maxFiles + SPARE_PARTS)
  const files = parts.filter(({ name, filename }) => name === 'files' && filename !== undefined)
  if (files.length === 0) throw fieldMissing('files')
  if (files.length > maxFiles) {
    throw httpError(413, 'TOO_MANY_FILES', `${files.length} files; at most ${maxFiles} are taken.`)
  }
  return files.map(({ filename, data }) => ({ name: filename || undefined, bytes: data }))
}

function checkSize(picture: SentPicture, maxBytes: number): SentPicture {
  if (picture.bytes.length <= maxBytes) return picture
  throw httpError(
    413,
    'IMAGE_TOO_LARGE',
    `The picture has ${picture.bytes.length} bytes; at most ${maxBytes} are taken.`,
  )
}

function fieldMissing(name: string) {
  return httpError(
    422,
    'FIELD_MISSING',
    `Send the picture as a form's field '${name}'${name === 'file' ? ', or as the body with an image type' : ''}.`,
  )
}
