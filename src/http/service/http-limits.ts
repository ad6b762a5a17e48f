import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyHttpOptions, FastifyInstance, FastifyReply } from 'fastify'
import type { ServiceError, ServingConfig } from '../../contracts/index.ts'
import { DATA_HEADERS } from './data-headers.ts'

/** Longest that headers may take to come. */
const HEADERS_MS = 5000
/** How often Node looks for connections that are over their time; its own 30 s would stretch every limit. */
const CHECK_MS = 1000
/** Longer than proxies keep a connection that waits, so that they end it and not we. */
const KEEP_ALIVE_MS = 65_000
/** A connection on which nothing moves, in either direction. */
const STALLED_MS = 60_000
const MAX_CONNECTIONS = 4096
const MAX_REQUESTS_PER_CONNECTION = 100_000
const MAX_HEADER_BYTES = 16 * 1024

/** Node waits for a slow client without end by itself. */
export function serverLimits(
  config: Pick<ServingConfig, 'max_request_bytes' | 'request_timeout_ms'>,
) {
  return {
    bodyLimit: config.max_request_bytes,
    requestTimeout: config.request_timeout_ms,
    connectionTimeout: STALLED_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxRequestsPerSocket: MAX_REQUESTS_PER_CONNECTION,
    // what comes on an open connection while the service stops was accepted, and is answered
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error, _, reply) => refuseAddress(error.statusCode ?? 400, reply),
    http: {
      headersTimeout: Math.min(HEADERS_MS, config.request_timeout_ms),
      connectionsCheckingInterval: CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
  } as const satisfies FastifyHttpOptions<Server>
}

/** Addresses that the router does not take never reach the hooks of a route. */
function refuseAddress(status: number, reply: FastifyReply): void {
  const isLong = status === 414
  const body: ServiceError = isLong
    ? { detail: 'The address is too long.', code: 'ADDRESS_TOO_LONG' }
    : { detail: 'The address is not properly encoded.', code: 'BAD_REQUEST' }
  reply.code(status).headers(DATA_HEADERS).send(body)
}

const BROKEN: Readonly<Record<string, { readonly status: string; readonly body: ServiceError }>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    body: { detail: `The headers are longer than ${MAX_HEADER_BYTES} bytes.`, code: 'BAD_REQUEST' },
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    body: { detail: 'The request did not come in time.', code: 'REQUEST_TIMEOUT' },
  },
}
const OTHERWISE = {
  status: '400 Bad Request',
  body: { detail: 'This is not a request that HTTP allows.', code: 'BAD_REQUEST' },
}

/** What is no request is answered as every other failure, and its connection ended. */
export function refuseBrokenRequests(app: FastifyInstance): void {
  app.server.maxConnections = MAX_CONNECTIONS
  app.server.removeAllListeners('clientError')
  app.server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy()
    const { status, body } = BROKEN[error.code ?? ''] ?? OTHERWISE
    const text = JSON.stringify(body)
    const head = [
      `HTTP/1.1 ${status}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(text)}`,
      'connection: close',
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${text}`)
    return socket
  })
}
