import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256, writeFileAtomic } from '../../core/index.ts'
import type { GcsPlace } from './gcs-request.ts'
import type { ObjectInfo, WriteOptions } from './object-store.ts'
import type { UploadSource } from './upload-source.ts'

/** One object that is being written. */
export interface GcsWrite {
  readonly gcs: GcsPlace
  /** In the store, and in the bucket. */
  readonly key: string
  readonly name: string
  readonly source: UploadSource
  readonly options: WriteOptions
  readonly stat: () => Promise<ObjectInfo | undefined>
}

/** What the store is told of an object before its bytes: with the checksum it refuses others. */
export function metadataOf({ name, source, options }: GcsWrite) {
  const md5Hash = Buffer.from(source.md5, 'hex').toString('base64')
  const { contentType } = options
  return { name, md5Hash, ...(contentType !== undefined && { contentType }) }
}

export function uploadQuery({ options }: GcsWrite): Readonly<Record<string, string | undefined>> {
  // generation 0 is that of an object that is not there
  return { ifGenerationMatch: options.ifAbsent ? '0' : undefined }
}

/** Where the address of an unfinished upload of the same bytes to the same place is kept, if anywhere. */
function sessionFile({ gcs, key, source, options }: GcsWrite): string | undefined {
  if (gcs.sessions === undefined) return undefined
  const { ifAbsent = false, contentType } = options
  const facts = [gcs.endpoint.href, gcs.url, key, source.size, source.md5, ifAbsent, contentType]
  return join(gcs.sessions, `${sha256(JSON.stringify(facts)).slice(0, 32)}.upload`)
}

export async function loadSession(write: GcsWrite): Promise<string | undefined> {
  const file = sessionFile(write)
  return file === undefined ? undefined : readFile(file, 'utf8').catch(() => undefined)
}

export async function saveSession(write: GcsWrite, address: string): Promise<void> {
  const file = sessionFile(write)
  if (file === undefined) return
  // who knows the address may write the object
  await mkdir(write.gcs.sessions!, { recursive: true, mode: 0o700 })
  await writeFileAtomic(file, address)
}

export async function forgetSession(write: GcsWrite): Promise<void> {
  const file = sessionFile(write)
  if (file !== undefined) await rm(file, { force: true })
}
