import { AtelierError } from '../../core/index.ts'
import { forEachConcurrent } from './for-each-concurrent.ts'
import type { ObjectInfo } from './object-store.ts'
import { callRemote } from './remote-call.ts'
import { s3Fault } from './s3-fault.ts'
import { findUpload, type StartedUpload } from './s3-find-upload.ts'
import { base64Of, contentType, infoOf, MD5_METADATA, orOurOwn, type S3Write } from './s3-object.ts'
import { storageError, TransientFault } from './storage-errors.ts'

const ATTEMPTS = 3

/** After these, sending the same parts again would end the same way. */
const FINAL: ReadonlySet<string> = new Set(['STORAGE_CHECKSUM', 'OBJECT_EXISTS', 'OBJECT_CHANGED'])

/**
 * A large object in parts, several at once; nobody sees it before the last request. Parts that an
 * interrupted call for the same bytes left in the bucket are not sent again.
 */
export async function uploadParts(write: S3Write): Promise<ObjectInfo> {
  let started = await findUpload(write)
  for (let attempt = 1; ; attempt++) {
    try {
      const info = await transfer(write, started)
      // the checksum beside the object was given when its upload began, perhaps for longer or shorter bytes
      if (started === undefined || (await write.stat())?.md5 === write.source.md5) return info
    } catch (error) {
      // somebody else ended the upload
      if (!(error instanceof AtelierError) || error.code !== 'OBJECT_NOT_FOUND') throw error
      if (attempt === ATTEMPTS) throw cutOff(write, error)
    }
    started = undefined
  }
}

function cutOff({ s3, key }: S3Write, cause: unknown): AtelierError {
  return storageError('STORAGE_UNREACHABLE', `The upload of '${key}' to ${s3.url} was cut off.`, {
    hint: 'Repeat the command: what is there already is found.',
    cause,
    data: { store: s3.url, key },
  })
}

async function transfer(write: S3Write, started: StartedUpload | undefined): Promise<ObjectInfo> {
  const { source, options, s3 } = write
  const uploadId = started?.uploadId ?? (await beginUpload(write))
  const tags = new Map(started?.tags)
  const missing = source.parts.map((_, index) => index + 1).filter((number) => !tags.has(number))
  let done = source.size - missing.reduce((sum, number) => sum + lengthOf(write, number), 0)
  try {
    const send = async (number: number, signal: AbortSignal) => {
      tags.set(number, await sendPart(write, uploadId, number, signal))
      done += lengthOf(write, number)
      options.onProgress?.(done)
    }
    await forEachConcurrent(missing, s3.connections, send, options.signal)
    return infoOf(write, await complete(write, uploadId, tags))
  } catch (error) {
    if (error instanceof AtelierError && FINAL.has(error.code)) await abandon(write, uploadId)
    throw error
  }
}

function rangeOf({ source }: S3Write, number: number): readonly [number, number] {
  const start = (number - 1) * source.partBytes
  return [start, Math.min(start + source.partBytes, source.size)]
}

function lengthOf(write: S3Write, number: number): number {
  const [start, end] = rangeOf(write, number)
  return end - start
}

async function beginUpload(write: S3Write): Promise<string> {
  const { s3, name, source, options } = write
  const command = new s3.library.CreateMultipartUploadCommand({
    Bucket: s3.bucket,
    Key: name,
    Metadata: { [MD5_METADATA]: base64Of(source.md5) },
    ...contentType(options),
  })
  return callRemote(
    s3,
    options.signal,
    async ({ signal }) => {
      const { UploadId } = await s3.client.send(command, { abortSignal: signal })
      if (UploadId === undefined) throw new TransientFault('it named no upload')
      return UploadId
    },
    { explain: (error) => s3Fault(error, { ...s3, key: write.key }) },
  )
}

async function sendPart(
  write: S3Write,
  uploadId: string,
  number: number,
  signal: AbortSignal,
): Promise<string> {
  const { s3, key, name, source } = write
  const body = await source.read(...rangeOf(write, number))
  const command = new s3.library.UploadPartCommand({
    Bucket: s3.bucket,
    Key: name,
    UploadId: uploadId,
    PartNumber: number,
    Body: body,
    ContentLength: body.length,
    // of the first look at the file: bytes that were changed since are refused
    ContentMD5: base64Of(source.parts[number - 1]!),
  })
  const { ETag = '' } = await callRemote(
    s3,
    signal,
    (watch) => s3.client.send(command, { abortSignal: watch.signal }),
    { sends: body.length, explain: (error) => s3Fault(error, { ...s3, key }) },
  )
  return ETag
}

async function complete(
  write: S3Write,
  uploadId: string,
  tags: ReadonlyMap<number, string>,
): Promise<{ ETag?: string | undefined }> {
  const { s3, key, name, options, source } = write
  const parts = source.parts.map((_, index) => ({
    PartNumber: index + 1,
    ETag: tags.get(index + 1),
  }))
  const command = new s3.library.CompleteMultipartUploadCommand({
    Bucket: s3.bucket,
    Key: name,
    UploadId: uploadId,
    MultipartUpload: { Parts: parts },
    ...(options.ifAbsent && { IfNoneMatch: '*' }),
  })
  return callRemote(
    s3,
    options.signal,
    async ({ signal }, attempt) => {
      try {
        return await s3.client.send(command, { abortSignal: signal })
      } catch (error) {
        return orOurOwn(write, error, attempt)
      }
    },
    // joining thousands of parts takes a service its time
    { sends: source.size / 100, explain: (error) => s3Fault(error, { ...s3, key }) },
  )
}

/** Parts that nobody will ask for again cost money. */
async function abandon({ s3, key, name }: S3Write, uploadId: string): Promise<void> {
  const command = new s3.library.AbortMultipartUploadCommand({
    Bucket: s3.bucket,
    Key: name,
    UploadId: uploadId,
  })
  await callRemote(
    s3,
    undefined,
    (watch) => s3.client.send(command, { abortSignal: watch.signal }),
    { explain: (error) => s3Fault(error, { ...s3, key }) },
  ).catch(() => {})
}
