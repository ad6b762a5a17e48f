import { storageError, TransientFault } from './storage-errors.ts'

/** Waiting seldom helps: a few attempts bridge a restart or a change of networks. */
const FEW_ATTEMPTS = 4

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_TLS/
const CONNECTION =
  /^(?:E(?:CONN|PIPE|TIMEDOUT|HOST|NET|AI_AGAIN|PROTO)|UND_ERR|ERR_(?:STREAM_PREMATURE|SSL))|HPE_/

/**
 * What went wrong between here and the other side: a TransientFault when it may pass, an AtelierError
 * when it will not; undefined when the error is not of the network.
 */
export function networkFault(error: unknown, host: string): Error | undefined {
  const causes = causesOf(error)
  const codes = causes.map(({ code }) => String(code ?? ''))
  const text = causes.at(-1)?.message || 'the connection failed'
  if (codes.includes('ENOTFOUND')) {
    const name = causes.find(({ hostname }) => hostname !== undefined)?.hostname ?? host
    return new TransientFault(`the name '${name}' is not known (DNS)`, {
      attempts: FEW_ATTEMPTS,
      hint: 'Check the address for typing errors, and the network.',
      cause: error,
    })
  }
  if (codes.includes('ECONNREFUSED')) {
    return new TransientFault(`nothing listens at ${host}`, {
      attempts: FEW_ATTEMPTS,
      hint: 'Check host and port of the address or endpoint, and that the server runs.',
      cause: error,
    })
  }
  if (codes.some((code) => CERTIFICATE.test(code))) {
    return storageError('STORAGE_UNREACHABLE', `${host} shows no valid certificate: ${text}.`, {
      hint: 'Check the address; for a certificate authority of your own set NODE_EXTRA_CA_CERTS.',
      cause: error,
    })
  }
  if (codes.some((code) => CONNECTION.test(code)) || isBroken(error)) {
    return new TransientFault(`the connection to ${host} broke: ${text}`, { cause: error })
  }
  return undefined
}

/** fetch says no more than this when a body ends early, or when no connection came about. */
function isBroken(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(?:terminated|fetch failed|aborted|socket hang up)$/.test(error.message)
  )
}

interface Cause {
  readonly code?: unknown
  readonly hostname?: string
  readonly message: string
}

/** The error, what caused it, and each of several addresses' errors; the deepest last. */
function causesOf(error: unknown): Cause[] {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors : [error.cause]
  return [error, ...inner.flatMap(causesOf)]
}
