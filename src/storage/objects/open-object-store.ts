import { realpath } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { systemClock } from '../../core/index.ts'
import type { BucketPlace } from './bucket-place.ts'
import { openFileStore } from './file-store.ts'
import { type HttpPlace, openHttpObject, openHttpStore } from './http-store.ts'
import type { ObjectStore } from './object-store.ts'
import type { ObjectStoreOptions } from './object-store-options.ts'
import { parseStoreUrl, type StorePlace } from './parse-object-url.ts'
import { defaultRetryPolicy, type Patience } from './retry.ts'
import { storageError } from './storage-errors.ts'

const PART_BYTES = 8 << 20
const CONNECTIONS = 4

/**
 * Opens a path, `file://`, `gs://bucket/prefix`, `s3://bucket/prefix` or, to read only, `http(s)://`.
 * Nothing is asked of the other side yet. Throws STORAGE_INVALID_URL and STORAGE_CREDENTIALS.
 */
export async function openObjectStore(
  url: string,
  options: ObjectStoreOptions = {},
): Promise<ObjectStore> {
  return openPlace(parseStoreUrl(url, options.cwd), options)
}

/** The store that one object is in, by the object's own URL, and its key there. */
export async function openObjectUrl(
  url: string,
  options: ObjectStoreOptions = {},
): Promise<{ readonly store: ObjectStore; readonly key: string }> {
  const place = parseStoreUrl(url, options.cwd)
  if (place.kind === 'http') return openHttpObject(place.url, httpPlace(options))
  if (place.kind === 'file') {
    // who names the file means what the link leads to
    const path = await realpath(place.path).catch(() => place.path)
    return { store: openFileStore(dirname(path)), key: basename(path) }
  }
  const slash = place.prefix.lastIndexOf('/')
  const key = place.prefix.slice(slash + 1)
  if (key === '' || url.endsWith('/')) {
    throw storageError('STORAGE_INVALID_URL', `'${url}' names a place, not an object in it.`, {
      hint: `Write the whole address: ${place.kind}://bucket/folder/name.`,
    })
  }
  const folder = { ...place, prefix: place.prefix.slice(0, Math.max(0, slash)) }
  return { store: await openPlace(folder, options), key }
}

async function openPlace(place: StorePlace, options: ObjectStoreOptions): Promise<ObjectStore> {
  if (place.kind === 'file') return openFileStore(place.path)
  if (place.kind === 'http') return openHttpStore(place.url, httpPlace(options))
  const { kind, bucket, prefix } = place
  const bucketPlace: BucketPlace = {
    url: `${kind}://${bucket}${prefix === '' ? '' : `/${prefix}`}`,
    bucket,
    prefix,
    patience: patienceOf(options),
    partBytes: options.partBytes ?? PART_BYTES,
    connections: options.connections ?? CONNECTIONS,
  }
  // what speaks to a cloud is large: only who opens such an address waits for it
  if (kind === 'gs') {
    const { openGcsStore } = await import('./gcs-store.ts')
    const more = { fetch: options.fetch ?? fetch, sessions: options.sessions }
    return openGcsStore({ ...bucketPlace, ...more }, options.gs ?? {})
  }
  const { openS3Store } = await import('./s3-store.ts')
  return openS3Store(bucketPlace, options.s3 ?? {})
}

function httpPlace(options: ObjectStoreOptions): HttpPlace {
  return {
    fetch: options.fetch ?? fetch,
    headers: options.http?.headers,
    patience: patienceOf(options),
  }
}

function patienceOf(options: ObjectStoreOptions): Patience {
  return {
    policy: { ...defaultRetryPolicy, ...options.retry },
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  }
}
