import { networkFault } from './network-fault.ts'
import { storageError, TransientFault } from './storage-errors.ts'
import { type Watch, watched } from './watch.ts'

export interface HttpRequest {
  readonly method?: string
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** Sent to the first host only. */
  readonly secretHeaders?: Readonly<Record<string, string>> | undefined
  readonly body?: Uint8Array | string | undefined
}

const MAX_REDIRECTS = 5
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * One request and its redirects. An answer of any status is returned; failures of the network are
 * thrown as TransientFault or STORAGE_UNREACHABLE.
 */
export async function requestHttp(
  fetchIt: typeof fetch,
  request: HttpRequest,
  watch: Watch,
): Promise<Response> {
  let { url } = request
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await fetchOnce(fetchIt, { ...request, url }, request.url, watch)
    const location = response.headers.get('location')
    if (!REDIRECTS.has(response.status) || location === null) return response
    await response.body?.cancel()
    url = redirectTarget(url, location)
  }
  throw storageError(
    'STORAGE_UNREACHABLE',
    `${plainUrl(request.url)} redirects more than ${MAX_REDIRECTS} times.`,
    { hint: 'Name the address that the file is really at.' },
  )
}

async function fetchOnce(
  fetchIt: typeof fetch,
  { url, method = 'GET', headers, secretHeaders, body }: HttpRequest,
  first: URL,
  watch: Watch,
): Promise<Response> {
  const init: RequestInit = {
    method,
    // compressed in transit, sizes, ranges and checksums would be those of other bytes
    headers: {
      'accept-encoding': 'identity',
      ...headers,
      ...(url.origin === first.origin && secretHeaders),
    },
    redirect: 'manual',
    signal: watch.signal,
    ...(body !== undefined && { body: body as RequestInit['body'] & {} }),
  }
  try {
    return await watched(watch, fetchIt(url.href, init))
  } catch (error) {
    throw networkFault(error, url.host) ?? error
  }
}

function redirectTarget(from: URL, location: string): URL {
  const refuse = (why: string) =>
    storageError('STORAGE_DENIED', `${plainUrl(from)} redirects to ${why}.`, {
      hint: 'Name the address that the file is really at, if you trust it.',
    })
  if (!URL.canParse(location, from.href)) throw refuse('something that is no address')
  const to = new URL(location, from)
  if (to.protocol !== 'https:' && to.protocol !== 'http:')
    throw refuse(`an address of the kind ${to.protocol}`)
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw refuse(`${plainUrl(to)}, which is not encrypted`)
  if (to.username !== '' || to.password !== '') throw refuse('an address with a password in it')
  if (isLocal(to.hostname) && !isLocal(from.hostname)) {
    throw refuse(`${to.host}, which is inside this machine or its network`)
  }
  return to
}

/** This machine, and the link-local addresses where clouds keep their machines' credentials. */
function isLocal(hostname: string): boolean {
  return (
    /^(?:localhost|0\.0\.0\.0|127\.|169\.254\.|\[::1?\]|\[fe[89ab]|\[::ffff:(?:7f|a9fe|0:))/i.test(
      hostname,
    ) || /(?:\.localhost|metadata\.google\.internal)$/i.test(hostname)
  )
}

/** Without user, password, query and fragment: any of them may be a secret. */
export function plainUrl(url: URL): string {
  return `${url.origin}${url.pathname}`
}

/** What an answer that is not a success means when nothing more is known of it. */
export function statusFault(response: Response, url: string): Error {
  const said = `it answered ${response.status} ${response.statusText}`.trim()
  if (response.status === 401) {
    return storageError('STORAGE_CREDENTIALS', `${url}: ${said}: it wants to know who asks.`, {
      hint: 'Give credentials, or newer ones; docs/storage.md lists where they are looked for.',
    })
  }
  if (response.status === 403 || response.status === 405) {
    return storageError('STORAGE_DENIED', `${url}: ${said}.`, {
      hint: 'Check that these credentials may do this there.',
    })
  }
  if (response.status >= 500 || response.status === 408 || response.status === 429)
    return new TransientFault(said, {
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
    })
  return storageError('STORAGE_UNREACHABLE', `${url}: ${said}.`, {
    hint: 'Check the address: what answers there does not do what was asked.',
  })
}

/** `Retry-After` is a number of seconds or a date. */
export function retryAfterMs(
  header: string | null | undefined,
  now = Date.now(),
): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
