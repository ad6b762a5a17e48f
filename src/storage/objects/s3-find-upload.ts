import type { Part } from '@aws-sdk/client-s3'
import { AtelierError } from '../../core/index.ts'
import { callRemote } from './remote-call.ts'
import { s3Fault } from './s3-fault.ts'
import type { S3Write } from './s3-object.ts'

/** An upload that was begun, and the tags of the parts that are there, by number from 1. */
export interface StartedUpload {
  readonly uploadId: string
  readonly tags: ReadonlyMap<number, string>
}

/** The newest unfinished upload of the object all of whose parts are ours; undefined where we may not look. */
export async function findUpload(write: S3Write): Promise<StartedUpload | undefined> {
  const { s3, name, options } = write
  const command = new s3.library.ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: name })
  try {
    const { Uploads = [] } = await ask(write, (signal) =>
      s3.client.send(command, { abortSignal: signal }),
    )
    const ours = Uploads.filter(({ Key }) => Key === name)
    ours.sort((a, b) => (b.Initiated?.getTime() ?? 0) - (a.Initiated?.getTime() ?? 0))
    for (const { UploadId: uploadId = '' } of ours) {
      const tags = matching(write, await partsOf(write, uploadId))
      if (tags !== undefined) return { uploadId, tags }
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof AtelierError)) throw error
  }
  return undefined
}

async function partsOf(write: S3Write, uploadId: string): Promise<Part[]> {
  const { s3, name } = write
  const parts: Part[] = []
  for (let marker: string | undefined; ; ) {
    const command = new s3.library.ListPartsCommand({
      Bucket: s3.bucket,
      Key: name,
      UploadId: uploadId,
      ...(marker !== undefined && { PartNumberMarker: marker }),
    })
    const page = await ask(write, (signal) => s3.client.send(command, { abortSignal: signal }))
    parts.push(...(page.Parts ?? []))
    marker = page.NextPartNumberMarker
    if (!page.IsTruncated || marker === undefined) return parts
  }
}

function ask<T>({ s3, key, options }: S3Write, send: (signal: AbortSignal) => Promise<T>) {
  return callRemote(s3, options.signal, ({ signal }) => send(signal), {
    explain: (error) => s3Fault(error, { ...s3, key }),
  })
}

/** The tag of a part is its MD5. */
function matching({ source }: S3Write, parts: readonly Part[]): Map<number, string> | undefined {
  const tags = new Map<number, string>()
  for (const { PartNumber = 0, ETag = '' } of parts) {
    if (ETag.replaceAll('"', '') !== source.parts[PartNumber - 1]) return undefined
    tags.set(PartNumber, ETag)
  }
  return tags.size === 0 ? undefined : tags
}
