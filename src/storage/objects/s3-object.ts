import { hexOf } from './http-body.ts'
import type { ObjectInfo, WriteOptions } from './object-store.ts'
import type { S3Place } from './s3-client.ts'
import { objectExists } from './storage-errors.ts'
import type { UploadSource } from './upload-source.ts'

/** One object that is being written. */
export interface S3Write {
  readonly s3: S3Place
  /** In the store, and in the bucket. */
  readonly key: string
  readonly name: string
  readonly source: UploadSource
  readonly options: WriteOptions
  readonly stat: () => Promise<ObjectInfo | undefined>
}

/** Where rclone keeps the MD5 of what was uploaded in parts, base64: the store's own tag is another one then. */
export const MD5_METADATA = 'md5chksum'

interface S3Checksums {
  readonly ETag?: string | undefined
  readonly ServerSideEncryption?: string | undefined
  readonly SSECustomerAlgorithm?: string | undefined
  readonly Metadata?: Readonly<Record<string, string>> | undefined
}

/** The tag of an object is its MD5, but not when it came in parts or is encrypted with a key of its own. */
export function s3Md5(answer: S3Checksums): string | undefined {
  const given = hexOf(answer.Metadata?.[MD5_METADATA], 16)
  if (given !== undefined) return given
  const encrypted =
    answer.ServerSideEncryption?.startsWith('aws:kms') || answer.SSECustomerAlgorithm !== undefined
  return encrypted ? undefined : /^"?([0-9a-f]{32})"?$/.exec(answer.ETag ?? '')?.[1]
}

/**
 * A name that is taken: by this very write, when an earlier attempt arrived and its answer did not;
 * by another otherwise.
 */
export async function orOurOwn(
  { s3, key, source, stat }: S3Write,
  error: unknown,
  attempt: number,
): Promise<{ ETag?: string }> {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
  const taken = $metadata?.httpStatusCode === 412
  // an upload ends with its object
  const gone = $metadata?.httpStatusCode === 404
  if (!taken && !gone) throw error
  const there = attempt > 1 || gone ? await stat() : undefined
  if (there?.md5 === source.md5 && there.size === source.size)
    return there.etag === undefined ? {} : { ETag: there.etag }
  throw taken ? objectExists(s3.url, key) : error
}

/** What is there now, as far as the answer to the write tells it. */
export function infoOf(
  { key, source }: S3Write,
  answer: { ETag?: string | undefined },
): ObjectInfo {
  const { size, md5 } = source
  const etag = answer.ETag
  return { key, size, modified: undefined, md5, ...(etag !== undefined && { etag }) }
}

export function contentType({ contentType: type }: WriteOptions): { ContentType?: string } {
  return type === undefined ? {} : { ContentType: type }
}

export function base64Of(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64')
}
