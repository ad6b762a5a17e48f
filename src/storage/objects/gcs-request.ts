import type { BucketPlace } from './bucket-place.ts'
import type { TokenSource } from './gcs-credentials.ts'
import { gcsFault } from './gcs-fault.ts'
import { hexOf } from './http-body.ts'
import { type HttpRequest, requestHttp } from './http-request.ts'
import { networkFault } from './network-fault.ts'
import type { ObjectInfo } from './object-store.ts'
import { callRemote } from './remote-call.ts'
import { TransientFault } from './storage-errors.ts'
import type { Watch } from './watch.ts'

export interface GcsPlace extends BucketPlace {
  readonly fetch: typeof fetch
  readonly endpoint: URL
  readonly userProject: string | undefined
  readonly token: TokenSource
  /** A folder for the addresses of unfinished uploads. */
  readonly sessions: string | undefined
}

export interface GcsRequest extends Omit<HttpRequest, 'url'> {
  /** Below the endpoint. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
}

/** The description of an object, as far as it is asked for (`FIELDS`). */
export interface GcsObject {
  readonly name?: string
  readonly size?: string
  readonly md5Hash?: string
  readonly crc32c?: string
  readonly generation?: string
  readonly updated?: string
}

export const FIELDS = 'name,size,md5Hash,crc32c,generation,updated'

export function objectPath({ bucket }: GcsPlace, name: string): string {
  return `/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`
}

/** Asks once. An answer of any status is returned. */
export async function askGcs(
  gcs: GcsPlace,
  { path, query, ...request }: GcsRequest,
  watch: Watch,
): Promise<Response> {
  const url = new URL(path, gcs.endpoint)
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) url.searchParams.set(name, value)
  if (gcs.userProject !== undefined) url.searchParams.set('userProject', gcs.userProject)
  const token = await gcs.token()
  const secretHeaders = token === undefined ? undefined : { authorization: `Bearer ${token}` }
  return requestHttp(gcs.fetch, { ...request, url, secretHeaders }, watch)
}

/** Asks with repetitions, and reads the JSON of the answer. `key` is for messages. */
export function callGcs<T>(
  gcs: GcsPlace,
  key: string,
  signal: AbortSignal | undefined,
  request: GcsRequest,
): Promise<T> {
  return callRemote(
    gcs,
    signal,
    async (watch) => {
      const response = await askGcs(gcs, request, watch)
      if (!response.ok) throw await gcsFault(response, { ...gcs, key })
      return (await readJson(response)) as T
    },
    { explain: (error) => explainGcs(gcs, error), sends: request.body?.length ?? 0 },
  )
}

export function explainGcs({ endpoint }: GcsPlace, error: unknown): unknown {
  return networkFault(error, endpoint.host) ?? error
}

/** A success that cannot be read was cut off on its way. */
export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch (cause) {
    throw new TransientFault('its answer could not be read', { cause })
  }
}

export function gcsInfo(key: string, object: GcsObject): ObjectInfo {
  const md5 = hexOf(object.md5Hash, 16)
  const crc32c = hexOf(object.crc32c, 4)
  const modified = Date.parse(object.updated ?? '')
  return {
    key,
    size: Number(object.size ?? 0),
    modified: Number.isNaN(modified) ? undefined : modified,
    ...(object.generation !== undefined && { etag: object.generation }),
    ...(md5 !== undefined && { md5 }),
    ...(crc32c !== undefined && { crc32c }),
  }
}
