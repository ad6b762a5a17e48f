import { AtelierError } from '../../core/index.ts'
import { type BucketPlace, fullKey, ownKey } from './bucket-place.ts'
import { openTokens } from './gcs-credentials.ts'
import { gcsFault } from './gcs-fault.ts'
import {
  askGcs,
  callGcs,
  FIELDS,
  type GcsObject,
  type GcsPlace,
  gcsInfo,
  objectPath,
} from './gcs-request.ts'
import { writeGcs } from './gcs-write.ts'
import { bodyOf, rangeHeader } from './http-body.ts'
import { checkPrefix } from './object-key.ts'
import type { ObjectInfo, ObjectStore } from './object-store.ts'
import type { GsOptions } from './object-store-options.ts'
import { type OpenBody, readResuming } from './resuming-read.ts'
import { storageError } from './storage-errors.ts'

const ENDPOINT = 'https://storage.googleapis.com'

/** A bucket of Google Cloud Storage, or a part of one. */
export async function openGcsStore(
  place: BucketPlace & Pick<GcsPlace, 'fetch' | 'sessions'>,
  options: GsOptions,
): Promise<ObjectStore> {
  const gcs: GcsPlace = {
    ...place,
    endpoint: endpointOf(options.endpoint),
    userProject: options.userProject,
    token: await openTokens(options),
  }
  const stat = (key: string, signal?: AbortSignal) => statGcs(gcs, key, signal)
  return {
    url: gcs.url,
    parallelReads: gcs.connections,
    stat: async (key, { signal } = {}) => stat(key, signal),
    read: async (key, options = {}) => {
      const context = { ...gcs, key, stat: () => stat(key, options.signal) }
      return readResuming(context, options, openGcsBody(gcs, key, fullKey(gcs, key)))
    },
    write: async (key, source, options = {}) =>
      writeGcs(gcs, key, fullKey(gcs, key), source, options, () => stat(key, options.signal)),
    list: (prefix, { signal } = {}) => listGcs(gcs, prefix, signal),
    delete: (key, { signal } = {}) => deleteGcs(gcs, key, signal),
    close: async () => {},
  }
}

function endpointOf(endpoint = ENDPOINT): URL {
  if (/^https?:\/\/[^/@]+/.test(endpoint) && URL.canParse(endpoint)) return new URL(endpoint)
  throw storageError(
    'STORAGE_INVALID_URL',
    'The gs:// endpoint is no http:// or https:// address.',
    {
      hint: 'Write STORAGE_EMULATOR_HOST as http://host:port, without user and password.',
    },
  )
}

async function statGcs(
  gcs: GcsPlace,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ObjectInfo | undefined> {
  const path = objectPath(gcs, fullKey(gcs, key))
  try {
    const query = { fields: FIELDS }
    return gcsInfo(key, await callGcs<GcsObject>(gcs, key, signal, { path, query }))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function deleteGcs(
  gcs: GcsPlace,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = objectPath(gcs, fullKey(gcs, key))
  try {
    await callGcs(gcs, key, signal, { path, method: 'DELETE' })
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof AtelierError && error.code === 'OBJECT_NOT_FOUND'
}

function openGcsBody(gcs: GcsPlace, key: string, name: string): OpenBody {
  return async (start, end, etag, watch) => {
    const headers = rangeHeader(start, end)
    const query = { alt: 'media', ifGenerationMatch: etag }
    const response = await askGcs(gcs, { path: objectPath(gcs, name), query, headers }, watch)
    if (!response.ok && response.status !== 416) throw await gcsFault(response, { ...gcs, key })
    if (response.status === 416) await response.body?.cancel()
    return {
      ...bodyOf(response, headers),
      etag: response.headers.get('x-goog-generation') ?? undefined,
    }
  }
}

interface GcsPage {
  readonly items?: readonly GcsObject[]
  readonly nextPageToken?: string
}

async function* listGcs(
  gcs: GcsPlace,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectInfo> {
  checkPrefix(prefix)
  const start = gcs.prefix === '' ? prefix : `${gcs.prefix}/${prefix}`
  for (let pageToken: string | undefined; ; ) {
    const page = await callGcs<GcsPage>(gcs, '', signal, {
      path: `/storage/v1/b/${gcs.bucket}/o`,
      query: { prefix: start, pageToken, fields: `items(${FIELDS}),nextPageToken` },
    })
    for (const object of page.items ?? []) {
      const key = ownKey(gcs, object.name ?? '')
      if (key !== undefined) yield gcsInfo(key, object)
    }
    pageToken = page.nextPageToken
    if (!pageToken) return
  }
}
