import { AtelierError } from '../../core/index.ts'
import { bodyOf, checksumsOf, identityOf, rangeHeader, sizeOf } from './http-body.ts'
import { type HttpRequest, plainUrl, requestHttp, statusFault } from './http-request.ts'
import { checkKey } from './object-key.ts'
import type { ObjectInfo, ObjectStore } from './object-store.ts'
import { type OpenBody, type OpenedBody, readResuming } from './resuming-read.ts'
import { type Patience, withRetries } from './retry.ts'
import { objectNotFound, storageError } from './storage-errors.ts'
import { startWatch, type Watch } from './watch.ts'

export interface HttpPlace {
  readonly fetch: typeof fetch
  readonly patience: Patience
  readonly headers: Readonly<Record<string, string>> | undefined
}

/** What lies below a web address; it can only be read, and not be listed. */
export function openHttpStore(base: URL, place: HttpPlace): ObjectStore {
  const { credentials, url: root } = splitCredentials(base)
  const folder = root.pathname.endsWith('/') ? root.pathname : `${root.pathname}/`
  return httpStore(
    plainUrl(root),
    { ...place, headers: { ...credentials, ...place.headers } },
    (key) => {
      const url = new URL(root)
      url.pathname = folder + key.split('/').map(encodeURIComponent).join('/')
      return url
    },
  )
}

/** One object at exactly this address, which may carry its permission in its query. */
export function openHttpObject(
  address: URL,
  place: HttpPlace,
): { store: ObjectStore; key: string } {
  const { credentials, url } = splitCredentials(address)
  const slash = url.pathname.lastIndexOf('/') + 1
  const headers = { ...credentials, ...place.headers }
  const store = httpStore(
    url.origin + url.pathname.slice(0, slash),
    { ...place, headers },
    () => url,
  )
  return { store, key: nameIn(url.pathname.slice(slash)) }
}

/** For messages; an address that ends with a slash has no name. */
function nameIn(encoded: string): string {
  try {
    return decodeURIComponent(encoded) || 'index'
  } catch {
    return encoded
  }
}

/** fetch takes no address with a user in it. */
function splitCredentials(address: URL) {
  const url = new URL(address)
  const { username, password } = url
  url.username = ''
  url.password = ''
  if (username === '' && password === '') return { url, credentials: {} }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url, credentials: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

type UrlOf = (key: string) => URL

function httpStore(url: string, place: HttpPlace, urlOf: UrlOf): ObjectStore {
  const { patience } = place
  const refuse = (what: string) =>
    storageError('STORAGE_DENIED', `${url} cannot be ${what}: a web address can only be read.`, {
      hint: 'Use a folder, gs:// or s3:// for this.',
    })
  const stat = (key: string, signal: AbortSignal | undefined) =>
    withRetries(patience, url, signal, async () => {
      const watch = startWatch(signal, patience.policy.attemptMs)
      try {
        return await statOnce({ url, key }, { ...place, urlOf }, watch)
      } finally {
        watch.stop()
      }
    })
  return {
    url,
    stat: async (key, { signal } = {}) => stat(checkKey(key), signal),
    read: async (key, options = {}) => {
      checkKey(key)
      const open: OpenBody = (start, end, _etag, watch) =>
        openRange({ url, key }, { ...place, urlOf }, rangeHeader(start, end), watch)
      return readResuming(
        { url, key, patience, stat: () => stat(key, options.signal) },
        options,
        open,
      )
    },
    write: () => Promise.reject(refuse('written to')),
    list: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(refuse('listed')) }),
    }),
    delete: () => Promise.reject(refuse('deleted from')),
    close: async () => {},
  }
}

interface Target {
  readonly url: string
  readonly key: string
}
type Way = HttpPlace & { readonly urlOf: UrlOf }

/** Asks for the headers alone; where only reading is allowed, for the first byte. */
async function statOnce(target: Target, way: Way, watch: Watch): Promise<ObjectInfo | undefined> {
  const head = await ask(target.key, way, {}, watch, 'HEAD')
  if (isMissing(head)) return undefined
  const known = head.ok ? sizeOf(head) : undefined
  if (known !== undefined) return infoOf(target.key, head, known)
  try {
    const first = await openRange(target, way, { range: 'bytes=0-0' }, watch)
    return infoOf(target.key, first.response, first.size ?? (await count(first.body)))
  } catch (error) {
    if (error instanceof AtelierError && error.code === 'OBJECT_NOT_FOUND') return undefined
    throw error
  }
}

/** The last way to know how much a server sends that does not say so. */
async function count(body: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0
  for await (const chunk of body) size += chunk.length
  return size
}

function infoOf(key: string, response: Response, size: number): ObjectInfo {
  const modified = Date.parse(response.headers.get('last-modified') ?? '')
  const etag = identityOf(response)
  const { md5, crc32c } = checksumsOf(response)
  return {
    key,
    size,
    modified: Number.isNaN(modified) ? undefined : modified,
    ...(etag !== undefined && { etag }),
    ...(md5 !== undefined && { md5 }),
    ...(crc32c !== undefined && { crc32c }),
  }
}

async function openRange(
  { url, key }: Target,
  way: Way,
  headers: Readonly<Record<string, string>>,
  watch: Watch,
): Promise<OpenedBody & { readonly response: Response }> {
  const response = await ask(key, way, headers, watch)
  if (response.ok) return { ...bodyOf(response, headers), response }
  await response.body?.cancel()
  if (response.status === 416) return { ...bodyOf(response, headers), response }
  throw isMissing(response) ? objectNotFound(url, key) : statusFault(response, url)
}

function ask(
  key: string,
  way: Way,
  headers: HttpRequest['headers'] & {},
  watch: Watch,
  method = 'GET',
) {
  const request = { url: way.urlOf(key), method, headers, secretHeaders: way.headers }
  return requestHttp(way.fetch, request, watch)
}

function isMissing({ status }: Response): boolean {
  return status === 404 || status === 410
}
