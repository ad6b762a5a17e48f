import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { AtelierError } from '../../core/index.ts'
import { type BucketPlace, fullKey, ownKey } from './bucket-place.ts'
import { emptyBody, rangeHeader } from './http-body.ts'
import { checkKey, checkPrefix } from './object-key.ts'
import type { ObjectInfo, ObjectStore, ReadOptions } from './object-store.ts'
import type { S3Options } from './object-store-options.ts'
import { callRemote } from './remote-call.ts'
import { type OpenBody, readResuming } from './resuming-read.ts'
import { connectS3, type S3Place } from './s3-client.ts'
import { s3Fault } from './s3-fault.ts'
import { s3Md5 } from './s3-object.ts'
import { writeS3 } from './s3-write.ts'
import { objectChanged, TransientFault } from './storage-errors.ts'

/** A bucket of S3 or of a service that speaks it, or a part of one. */
export async function openS3Store(place: BucketPlace, options: S3Options): Promise<ObjectStore> {
  const s3: S3Place = { ...place, ...(await connectS3(options)) }
  const isThere = once(() => checkBucket(s3))
  const stat = async (key: string, signal?: AbortSignal) => {
    const info = await statS3(s3, key, signal)
    // the answer to HEAD has no text that would tell a missing object from a missing bucket
    if (info === undefined) await isThere()
    return info
  }
  return {
    url: s3.url,
    parallelReads: s3.connections,
    stat: async (key, { signal } = {}) => stat(checkKey(key), signal),
    read: async (key, options = {}) => {
      const context = { ...s3, key, stat: () => stat(key, options.signal) }
      return readResuming(context, options, openS3Body(s3, key, fullKey(s3, key), options))
    },
    write: async (key, source, options = {}) =>
      writeS3(s3, key, fullKey(s3, key), source, options, () => stat(key, options.signal)),
    list: (prefix, { signal } = {}) => listS3(s3, prefix, signal),
    delete: async (key, { signal } = {}) => {
      const command = new s3.library.DeleteObjectCommand({
        Bucket: s3.bucket,
        Key: fullKey(s3, key),
      })
      await callRemote(
        s3,
        signal,
        (watch) => s3.client.send(command, { abortSignal: watch.signal }),
        {
          explain: (error) => s3Fault(error, { ...s3, key }),
        },
      )
    },
    close: async () => s3.client.destroy(),
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}

/** Throws STORAGE_NO_BUCKET; a bucket that we may not ask about is taken to be there. */
async function checkBucket(s3: S3Place): Promise<void> {
  const command = new s3.library.HeadBucketCommand({ Bucket: s3.bucket })
  try {
    await callRemote(
      s3,
      undefined,
      (watch) => s3.client.send(command, { abortSignal: watch.signal }),
      {
        explain: (error) => {
          const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
          const missing = $metadata?.httpStatusCode === 404
          return s3Fault(missing ? { name: 'NoSuchBucket' } : error, { ...s3, key: '' })
        },
      },
    )
  } catch (error) {
    if (!(error instanceof AtelierError) || error.code === 'STORAGE_NO_BUCKET') throw error
  }
}

async function statS3(
  s3: S3Place,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ObjectInfo | undefined> {
  const command = new s3.library.HeadObjectCommand({ Bucket: s3.bucket, Key: fullKey(s3, key) })
  try {
    const head = await callRemote(
      s3,
      signal,
      (watch) => s3.client.send(command, { abortSignal: watch.signal }),
      { explain: (error) => s3Fault(error, { ...s3, key }) },
    )
    const md5 = s3Md5(head)
    return {
      key,
      size: head.ContentLength ?? 0,
      modified: head.LastModified?.getTime(),
      ...(head.ETag !== undefined && { etag: head.ETag }),
      ...(md5 !== undefined && { md5 }),
    }
  } catch (error) {
    if (error instanceof AtelierError && error.code === 'OBJECT_NOT_FOUND') return undefined
    throw error
  }
}

function openS3Body(
  s3: S3Place,
  key: string,
  name: string,
  { etag: wanted }: ReadOptions,
): OpenBody {
  return async (start, end, etag, watch) => {
    const { range } = rangeHeader(start, end)
    const command = new s3.library.GetObjectCommand({
      Bucket: s3.bucket,
      Key: name,
      ...(range !== undefined && { Range: range }),
      ...(etag !== undefined && { IfMatch: etag }),
    })
    try {
      return bodyOfS3(await s3.client.send(command, { abortSignal: watch.signal }), start)
    } catch (error) {
      const { httpStatusCode } =
        (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {}
      if (httpStatusCode === 412) throw objectChanged(s3.url, key)
      if (httpStatusCode === 416) return beyondTheEnd(start, wanted)
      throw s3Fault(error, { ...s3, key })
    }
  }
}

function bodyOfS3(answer: GetObjectCommandOutput, start: number) {
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.ContentRange ?? '') ?? []
  const length = answer.ContentLength
  if (answer.Body === undefined) throw new TransientFault('it answered without a body')
  const at = from === undefined ? 0 : Number(from)
  if (from !== undefined && at !== start) throw new TransientFault('it sent another range')
  return {
    start: at,
    end: length === undefined ? undefined : at + length,
    size: size === undefined ? length : Number(size),
    etag: answer.ETag,
    md5: s3Md5(answer),
    body: answer.Body as AsyncIterable<Uint8Array>,
  }
}

function beyondTheEnd(start: number, etag: string | undefined) {
  return {
    start,
    end: start,
    size: undefined,
    etag,
    md5: undefined,
    body: emptyBody(),
  }
}

async function* listS3(
  s3: S3Place,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectInfo> {
  checkPrefix(prefix)
  const start = s3.prefix === '' ? prefix : `${s3.prefix}/${prefix}`
  for (let token: string | undefined; ; ) {
    const command = new s3.library.ListObjectsV2Command({
      Bucket: s3.bucket,
      Prefix: start,
      // names may hold characters that XML cannot
      EncodingType: 'url',
      ...(token !== undefined && { ContinuationToken: token }),
    })
    const page = await callRemote(
      s3,
      signal,
      (watch) => s3.client.send(command, { abortSignal: watch.signal }),
      { explain: (error) => s3Fault(error, { ...s3, key: '' }) },
    )
    for (const { Key = '', Size = 0, LastModified, ETag } of page.Contents ?? []) {
      const key = ownKey(s3, decodeURIComponent(Key.replaceAll('+', ' ')))
      if (key === undefined) continue
      const modified = LastModified?.getTime()
      yield { key, size: Size, modified, ...(ETag !== undefined && { etag: ETag }) }
    }
    token = page.NextContinuationToken
    if (token === undefined) return
  }
}
