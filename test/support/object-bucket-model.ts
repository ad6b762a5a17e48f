/** What buckets hold: the part that all emulated services have in common. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface StoredObject {
  readonly bytes: Buffer
  readonly md5: Buffer
  readonly etag: string
  readonly modified: Date
  readonly generation: string
  readonly metadata: Readonly<Record<string, string>>
}

export interface BucketModel {
  readonly buckets: Map<string, Map<string, StoredObject>>
  /** The MD5 of every object that ever was there, in order. */
  readonly history: string[]
  bucket(name: string): Map<string, StoredObject> | undefined
  put(
    bucket: string,
    key: string,
    bytes: Buffer,
    more?: { readonly etag?: string; readonly metadata?: Readonly<Record<string, string>> },
  ): StoredObject
  /** Keys in the order of their bytes. */
  keys(bucket: string, prefix: string): string[]
}

export const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest()

export function createBuckets(...names: readonly string[]): BucketModel {
  const buckets = new Map(names.map((name) => [name, new Map<string, StoredObject>()]))
  const history: string[] = []
  let generation = 1_700_000_000_000_000
  return {
    buckets,
    history,
    bucket: (name) => buckets.get(name),
    put(bucket, key, bytes, { etag, metadata = {} } = {}) {
      const sum = md5(bytes)
      const stored = {
        bytes,
        md5: sum,
        etag: etag ?? sum.toString('hex'),
        modified: new Date(),
        generation: String(++generation),
        metadata,
      }
      buckets.get(bucket)!.set(key, stored)
      history.push(sum.toString('hex'))
      return stored
    },
    keys: (bucket, prefix) =>
      [...buckets.get(bucket)!.keys()]
        .filter((key) => key.startsWith(prefix))
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  }
}

/** All of a request's body; undefined when the connection broke before its end. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk)
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
}

/** The bytes that a Range header asks for; undefined when they begin beyond the end. */
export function rangeOf(header: string | undefined, size: number) {
  const [, from, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? []
  if (from === undefined) return { start: 0, end: size, partial: false }
  const start = Number(from)
  if (start >= size) return undefined
  return { start, end: Math.min(last ? Number(last) + 1 : size, size), partial: true }
}
