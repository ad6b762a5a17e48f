import { AtelierError } from '../../core/index.ts'
import { retryAfterMs } from './http-request.ts'
import { networkFault } from './network-fault.ts'
import { noBucket, objectNotFound, storageError, TransientFault } from './storage-errors.ts'

export interface S3Target {
  readonly url: string
  readonly bucket: string
  readonly host: string
  /** Empty for the bucket itself. */
  readonly key: string
}

interface S3Failure {
  readonly name?: string
  readonly message?: string
  /** Of errors that the service told. */
  readonly $fault?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: {
    readonly statusCode?: number
    readonly headers?: Readonly<Record<string, string>>
  }
}

const CREDENTIALS =
  /CredentialsProvider|InvalidAccessKeyId|SignatureDoesNotMatch|Expired|InvalidToken|TokenRefresh|UnrecognizedClient|InvalidClientTokenId|SSOToken|CredentialsNotSupported/
const CORRUPTED = /^(?:BadDigest|InvalidDigest|XAmzContentSHA256Mismatch|IncompleteBody)$/
const BUSY =
  /SlowDown|Throttl|TooManyRequests|RequestLimit|InternalError|ServiceUnavailable|Timeout/

/** What S3 or its library threw, as a TransientFault or an AtelierError. */
export function s3Fault(error: unknown, target: S3Target): unknown {
  if (error instanceof AtelierError || error instanceof TransientFault) return error
  const { name = '', message = '', $fault, $metadata, $response } = (error ?? {}) as S3Failure
  const status = $metadata?.httpStatusCode ?? $response?.statusCode
  // an answer whose text was cut off on its way, whatever its status: the library could not read it
  if (status !== undefined && $fault === undefined)
    return new TransientFault('its answer could not be read', { cause: withoutRequest(error) })
  const { url, bucket, key } = target
  const cause = withoutRequest(error)
  if (name === 'NoSuchBucket') return noBucket(url, bucket)
  if (CREDENTIALS.test(name)) return credentialsFault(cause, target, message)
  if (CORRUPTED.test(name)) {
    return new TransientFault(`it received other bytes than were sent (${name})`, {
      code: 'STORAGE_CHECKSUM',
      cause,
    })
  }
  if (name === 'NoSuchKey' || status === 404) return objectNotFound(url, key)
  if (status === 403 || status === 405)
    return denied(cause, target, `${status} ${name}: ${message}`)
  if (name === 'RequestTimeTooSkewed') {
    return new TransientFault('its clock and the clock of this machine differ too much', {
      attempts: 2,
      hint: 'Set the clock of this machine.',
    })
  }
  const transient = transientFault(error as S3Failure, target, status)
  if (transient !== undefined) return transient
  if (status === undefined) return error
  return storageError('STORAGE_UNREACHABLE', `${url}: it answered ${status} ${name}: ${message}.`, {
    hint: 'Check bucket, region and endpoint: what answers there does not do what was asked.',
    cause,
  })
}

function transientFault(error: S3Failure, { host }: S3Target, status: number | undefined): unknown {
  const { name = '', message = '', $response } = error
  const busy = status !== undefined && (status >= 500 || status === 429 || status === 408)
  // two requests for one name at the same time: neither is refused for good
  const conflict = status === 409 && /Conflict|OperationAborted/.test(name)
  if (busy || conflict || BUSY.test(name)) {
    return new TransientFault(`it answered ${status ?? ''} ${name}: ${message}`, {
      retryAfterMs: retryAfterMs($response?.headers?.['retry-after']),
      cause: withoutRequest(error),
    })
  }
  return networkFault(error, host)
}

function credentialsFault(cause: unknown, { url }: S3Target, message: string): AtelierError {
  return storageError('STORAGE_CREDENTIALS', `${url}: no valid credentials: ${message}`, {
    hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or sign in anew; docs/storage.md lists all ways.',
    cause,
  })
}

function denied(cause: unknown, { url, key }: S3Target, said: string): AtelierError {
  const what = key === '' ? url : `'${key}' in ${url}`
  return storageError('STORAGE_DENIED', `No right to ${what} (${said.trim()}).`, {
    hint: 'Allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket there. Without s3:ListBucket, S3 says this also of an object that does not exist.',
    cause,
  })
}

/** The library's errors carry the request, and with it signatures and tokens: they must not reach a log. */
function withoutRequest(error: unknown): unknown {
  if (!(error instanceof Error) || !('$metadata' in error || '$response' in error)) return error
  return Object.assign(new Error(error.message), { name: error.name })
}
