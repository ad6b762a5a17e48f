import type { OpenedBody } from './resuming-read.ts'
import { storageError } from './storage-errors.ts'

/** No header for all of it: some servers answer a range with less care. */
export function rangeHeader(start: number, end: number | undefined): Record<string, string> {
  if (start === 0 && end === undefined) return {}
  return { range: `bytes=${start}-${end === undefined ? '' : end - 1}` }
}

/** What a successful answer, or one that says that the range is beyond the end (416), holds. */
export function bodyOf(response: Response, asked: Readonly<Record<string, string>>): OpenedBody {
  const common = { etag: identityOf(response), ...checksumsOf(response) }
  const range = contentRange(response)
  const from = Number(/^bytes=(\d+)-/.exec(asked['range'] ?? '')?.[1] ?? 0)
  if (response.status === 416) {
    return { ...common, start: from, end: from, size: range?.size, body: emptyBody() }
  }
  const body = response.body ?? emptyBody()
  if (response.status !== 206) {
    const size = sizeOf(response)
    return { ...common, start: 0, end: size, size, body }
  }
  if (range?.start !== from || range.end === undefined) {
    throw storageError(
      'STORAGE_UNREACHABLE',
      `${new URL(response.url).host} sent another range of bytes than was asked for.`,
      { hint: 'The server or a proxy before it is at fault; take another address.' },
    )
  }
  return { ...common, start: from, end: range.end, size: range.size, body }
}

export async function* emptyBody(): AsyncGenerator<Uint8Array> {}

function contentRange(response: Response) {
  const text = response.headers.get('content-range') ?? ''
  const [, start, last, size] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(text.trim()) ?? []
  if (size === undefined) return undefined
  return {
    start: start === undefined ? undefined : Number(start),
    end: last === undefined ? undefined : Number(last) + 1,
    size: size === '*' ? undefined : Number(size),
  }
}

/** Of the whole object, where the answer says it. */
export function sizeOf(response: Response): number | undefined {
  // the length of compressed bytes says nothing about those that are read
  if (isEncoded(response)) return undefined
  const length = response.headers.get('content-length')
  return length === null ? undefined : Number(length)
}

/** What another state of the object would have another one of. */
export function identityOf(response: Response): string | undefined {
  const { headers } = response
  return headers.get('etag') ?? headers.get('last-modified') ?? undefined
}

export function checksumsOf(response: Response): {
  md5: string | undefined
  crc32c: string | undefined
} {
  if (isEncoded(response) || response.headers.get('x-goog-stored-content-encoding') === 'gzip')
    return { md5: undefined, crc32c: undefined }
  const header = response.headers.get('x-goog-hash') ?? ''
  const sum = (kind: string) => new RegExp(`(?:^|[ ,])${kind}=([A-Za-z0-9+/=]+)`).exec(header)?.[1]
  // the plain header is that of the answer's own bytes
  const own = response.status === 206 ? undefined : response.headers.get('content-md5')
  return { md5: hexOf(sum('md5') ?? own, 16), crc32c: hexOf(sum('crc32c'), 4) }
}

/** A checksum of that many bytes in base64; undefined when it is none. */
export function hexOf(base64: string | null | undefined, length: number): string | undefined {
  const bytes = Buffer.from(base64 ?? '', 'base64')
  return bytes.length === length ? bytes.toString('hex') : undefined
}

function isEncoded(response: Response): boolean {
  return !['', 'identity'].includes(response.headers.get('content-encoding') ?? '')
}
