import type { FastifyInstance } from 'fastify'
import type { UiError } from '../contracts/index.ts'
import {
  AtelierError,
  type ErrorCode,
  type ErrorKind,
  type Logger,
  toAtelierError,
} from '../core/index.ts'

/** The one table from kinds of failure to HTTP status. */
const statuses: Readonly<Record<ErrorKind, number>> = {
  usage: 400,
  input: 404,
  state: 503,
  finding: 409,
  undecided: 409,
  interrupted: 503,
  internal: 500,
}

/** Failures whose kind does not tell what they are to a client. */
export type CodeStatuses = Readonly<Partial<Record<ErrorCode, number>>>

/** Every failure is answered with `{detail, code}`; what went wrong inside stays inside. */
export function answerErrors(
  app: FastifyInstance,
  logger: Logger,
  codeStatuses: CodeStatuses = {},
): void {
  app.setErrorHandler((thrown, request, reply) => {
    const answer = isTooLarge(thrown)
      ? tooLarge(request.routeOptions.bodyLimit)
      : errorAnswer(thrown, codeStatuses)
    if (answer.status === 500) {
      logger.warn(`${request.method} ${request.url}: ${toAtelierError(thrown).message}`)
    }
    if (answer.status === 503) reply.header('retry-after', '1')
    return reply.code(answer.status).send(answer.body)
  })
}

function isTooLarge(thrown: unknown): boolean {
  return (thrown as { code?: unknown }).code === 'FST_ERR_CTP_BODY_TOO_LARGE'
}

function tooLarge(limit: number) {
  const detail = `The request's body is larger than ${limit} bytes, which is the most taken here.`
  return { status: 413, body: { detail, code: 'BODY_TOO_LARGE' } }
}

export function answerMissing(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const body: UiError = { detail: `There is nothing at ${request.url}.`, code: 'NOT_FOUND' }
    return reply.code(404).send(body)
  })
}

/** What a client hears of a failure. */
export function errorAnswer(
  thrown: unknown,
  codeStatuses: CodeStatuses = {},
): { readonly status: number; readonly body: UiError } {
  const { statusCode: status, code } = thrown as { statusCode?: unknown; code?: unknown }
  if (!(thrown instanceof AtelierError) && typeof status === 'number' && status < 500) {
    return { status, body: { detail: (thrown as Error).message, code: codeOf(code) } }
  }
  const error = toAtelierError(thrown)
  if (error.kind === 'internal') {
    return { status: 500, body: { detail: 'A defect in Atelier.', code: error.code } }
  }
  return { status: codeStatuses[error.code] ?? statuses[error.kind], body: bodyOf(error) }
}

/** Fastify's own codes are not ours to promise. */
function codeOf(code: unknown): string {
  return typeof code === 'string' && !code.startsWith('FST_') ? code : 'BAD_REQUEST'
}

function bodyOf({ code, message, hint, data }: AtelierError): UiError {
  // a drawing, such as the place in a filter, is not continued in its last line
  const gap = message.includes('\n') ? '\n' : ' '
  const detail = hint === undefined ? message : `${message}${gap}${hint}`
  const position = data['position']
  return typeof position === 'number' ? { detail, code, position } : { detail, code }
}
