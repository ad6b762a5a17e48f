import { retryAfterMs } from './http-request.ts'
import {
  noBucket,
  objectChanged,
  objectNotFound,
  storageError,
  TransientFault,
} from './storage-errors.ts'

export interface GcsTarget {
  readonly url: string
  readonly bucket: string
  /** Empty for the bucket itself. */
  readonly key: string
}

const MAX_TEXT = 400
const RIGHTS =
  'Give the account the role Storage Object User (storage.objects.get, list, create, delete) on the bucket.'

/** What an answer of Google Cloud Storage that is not a success means. 412 is taken for a change. */
export async function gcsFault(
  response: Response,
  { url, bucket, key }: GcsTarget,
): Promise<Error> {
  const { status } = response
  const text = await saidIn(response)
  const said = `it answered ${status}: ${text}`
  if (status === 401) {
    return storageError('STORAGE_CREDENTIALS', `${url}: ${said}`, {
      hint: 'Set GOOGLE_APPLICATION_CREDENTIALS to a valid credential file, or run `gcloud auth application-default login`.',
    })
  }
  if (status === 403) return storageError('STORAGE_DENIED', `${url}: ${said}`, { hint: RIGHTS })
  if (status === 404 || status === 410) {
    return /bucket/i.test(text) && !/object/i.test(text)
      ? noBucket(url, bucket)
      : objectNotFound(url, key)
  }
  if (status === 412) return objectChanged(url, key)
  if (status >= 500 || status === 408 || status === 429)
    return new TransientFault(said, {
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
    })
  if (status === 400 && /hash|checksum|md5|crc32c/i.test(text))
    return new TransientFault(`it received other bytes than were sent (${text})`, {
      code: 'STORAGE_CHECKSUM',
    })
  return storageError('STORAGE_UNREACHABLE', `${url}: ${said}`, {
    hint: 'Check bucket and endpoint: what answers there does not do what was asked.',
  })
}

/** The sentence in the answer, be it JSON or plain text. */
async function saidIn(response: Response): Promise<string> {
  const text = await response.text().catch(() => '')
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } | string }
    const message = typeof error === 'string' ? error : error?.message
    return (message ?? text).slice(0, MAX_TEXT)
  } catch {
    return (text || response.statusText).slice(0, MAX_TEXT)
  }
}
