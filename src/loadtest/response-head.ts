/** How the head of an answer says that its body ends. */
export interface ResponseHead {
  readonly status: number
  readonly keepAlive: boolean
  readonly part: 'length' | 'until-end' | 'chunk-size' | 'done'
  /** Bytes of the body, where its length is known. */
  readonly left: number
}

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?=[ \r]|$)/
const LENGTH = /\r\ncontent-length:[ \t]*(\d+)[ \t]*(?:\r|$)/i
const CHUNKED = /\r\ntransfer-encoding:[^\r]*\bchunked[ \t]*(?:\r|$)/i
const CONNECTION = /\r\nconnection:[ \t]*([^\r]*)/i

/** Reads a head without its empty line; undefined when it is none. */
export function parseResponseHead(text: string): ResponseHead | undefined {
  const first = STATUS_LINE.exec(text)
  if (first === null) return undefined
  const status = Number(first[2])
  const connection = CONNECTION.exec(text)?.[1] ?? ''
  const keepAlive =
    first[1] === '1' ? !/\bclose\b/i.test(connection) : /\bkeep-alive\b/i.test(connection)
  if (status < 200 || status === 204 || status === 304) {
    return { status, keepAlive, part: 'done', left: 0 }
  }
  if (CHUNKED.test(text)) return { status, keepAlive, part: 'chunk-size', left: 0 }
  const length = LENGTH.exec(text)?.[1]
  if (length === undefined) return { status, keepAlive: false, part: 'until-end', left: 0 }
  const left = Number(length)
  return { status, keepAlive, part: left === 0 ? 'done' : 'length', left }
}
