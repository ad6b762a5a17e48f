import { AtelierError } from '../../core/index.ts'
import { gcsFault } from './gcs-fault.ts'
import {
  askGcs,
  explainGcs,
  type GcsObject,
  type GcsPlace,
  gcsInfo,
  objectPath,
  readJson,
} from './gcs-request.ts'
import { type GcsWrite, metadataOf, uploadQuery } from './gcs-session.ts'
import { sendInPieces } from './gcs-upload.ts'
import { hexOf } from './http-body.ts'
import type { ObjectInfo, ObjectSource, WriteOptions } from './object-store.ts'
import { callRemote } from './remote-call.ts'
import { withRetries } from './retry.ts'
import { objectExists, TransientFault, wrongChecksum } from './storage-errors.ts'
import { openUploadSource } from './upload-source.ts'

export async function writeGcs(
  gcs: GcsPlace,
  key: string,
  name: string,
  from: ObjectSource,
  options: WriteOptions,
  stat: () => Promise<ObjectInfo | undefined>,
): Promise<ObjectInfo> {
  options.signal?.throwIfAborted()
  // its checksum is of all bytes: the parts need none
  const source = await openUploadSource(from, options.md5, Number.POSITIVE_INFINITY)
  const write: GcsWrite = { gcs, key, name, source, options, stat }
  try {
    if (source.size <= gcs.partBytes) return await sendAtOnce(write)
    // before gigabytes are sent for nothing; the last request asks again
    if (options.ifAbsent && (await stat()) !== undefined) throw objectExists(gcs.url, key)
    return await withNewAttempts(write)
  } finally {
    await source.close()
  }
}

const ATTEMPTS = 3

/** Bytes that were damaged on their way stay in the session of the upload: it begins anew then. */
function withNewAttempts(write: GcsWrite): Promise<ObjectInfo> {
  const { gcs, source, options } = write
  return withRetries(gcs.patience, gcs.url, options.signal, async (attempt) => {
    const work = () => sendInPieces(write, (object) => confirmed(write, object))
    try {
      return await orOurOwn(write, work, attempt)
    } catch (error) {
      const damaged = error instanceof AtelierError && error.code === 'STORAGE_CHECKSUM'
      // what changed here meanwhile would be refused again, after as many bytes
      if (!damaged || !(await source.isUnchanged())) throw error
      const { message } = error
      throw new TransientFault(message, {
        code: 'STORAGE_CHECKSUM',
        attempts: ATTEMPTS,
        cause: error,
      })
    }
  })
}

async function sendAtOnce(write: GcsWrite): Promise<ObjectInfo> {
  const { gcs, key, source, options } = write
  const body = relatedBody(write, await source.read(0, source.size))
  const request = {
    method: 'POST',
    path: `/upload${objectPath(gcs, '').slice(0, -1)}`,
    query: { uploadType: 'multipart', ...uploadQuery(write) },
    headers: { 'content-type': `multipart/related; boundary=${boundaryOf(write)}` },
    body,
  }
  const info = await callRemote(
    gcs,
    options.signal,
    (watch, attempt) =>
      orOurOwn(
        write,
        async () => {
          const response = await askGcs(gcs, request, watch)
          if (!response.ok) throw await gcsFault(response, { ...gcs, key })
          return confirmed(write, (await readJson(response)) as GcsObject)
        },
        attempt,
      ),
    { sends: body.length, explain: (error) => explainGcs(gcs, error) },
  )
  options.onProgress?.(source.size)
  return info
}

/** No bytes hold their own checksum, so the line is not in them. */
function boundaryOf({ source }: GcsWrite): string {
  return `atelier-${source.md5}`
}

function relatedBody(write: GcsWrite, bytes: Uint8Array): Uint8Array {
  const line = `--${boundaryOf(write)}`
  const { contentType = 'application/octet-stream', ...metadata } = metadataOf(write)
  return Buffer.concat([
    Buffer.from(`${line}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n`),
    Buffer.from(JSON.stringify({ ...metadata, contentType })),
    Buffer.from(`\r\n${line}\r\ncontent-type: ${contentType}\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n${line}--\r\n`),
  ])
}

/** What the store says it has; where that is not what was sent, it is removed. */
async function confirmed(
  { gcs, key, name, source }: GcsWrite,
  object: GcsObject,
): Promise<ObjectInfo> {
  const md5 = hexOf(object.md5Hash, 16)
  if (md5 === source.md5) return gcsInfo(key, object)
  const query = { ifGenerationMatch: object.generation }
  await callRemote(gcs, undefined, async (watch) => {
    const response = await askGcs(
      gcs,
      { method: 'DELETE', path: objectPath(gcs, name), query },
      watch,
    )
    await response.body?.cancel()
  }).catch(() => {})
  throw wrongChecksum(`What ${gcs.url} stored as '${key}'`, 'MD5', md5 ?? 'unknown', source.md5)
}

/**
 * A name that is taken (412): by this very write, when an earlier attempt arrived and its answer did not;
 * by another otherwise.
 */
async function orOurOwn(
  { gcs, key, source, options, stat }: GcsWrite,
  work: () => Promise<ObjectInfo>,
  attempt = 1,
): Promise<ObjectInfo> {
  try {
    return await work()
  } catch (error) {
    const taken = error instanceof AtelierError && error.code === 'OBJECT_CHANGED'
    if (!taken || !options.ifAbsent) throw error
    const there = attempt > 1 ? await stat() : undefined
    if (there?.md5 === source.md5 && there.size === source.size) return there
    throw objectExists(gcs.url, key)
  }
}
