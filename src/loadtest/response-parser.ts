import { parseResponseHead } from './response-head.ts'

/** More header than this is no answer of a service. */
const MOST_HEAD = 64 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END = 10

/**
 * Reads the answers of one connection, HTTP/1.0 and 1.1, one after the other. Made for a client whose
 * own work must not show: it looks at a head once, and copies nothing unless bodies are kept.
 */
export interface ResponseParser {
  /** Takes what arrived; the bytes may be reused afterwards. True when the answer is whole. Throws `MalformedResponse`. */
  push(bytes: Buffer): boolean
  /** The connection has ended. True when that is how the answer says it ends. */
  end(): boolean
  /** Begins the next answer. */
  reset(): void
  /** What is known of the answer so far. */
  readonly answer: Readonly<ParsedAnswer>
  /** The body; undefined unless bodies are kept. */
  body(): Buffer | undefined
}

interface ParsedAnswer {
  /** 0 until the head was read. */
  status: number
  /** Of the body, without chunk sizes. */
  bodyBytes: number
  /** Whether the connection may carry another request. */
  keepAlive: boolean
}

/** What arrived is not HTTP. */
export class MalformedResponse extends Error {}

/** What the next byte belongs to. */
export type ResponsePart =
  | 'head'
  | 'length'
  | 'until-end'
  | 'chunk-size'
  | 'chunk'
  | 'chunk-end'
  | 'trailer'
  | 'done'

interface State extends ParsedAnswer {
  part: ResponsePart
  /** Bytes that the body, or its chunk, still has. */
  left: number
  /** The start of a head, or of a line, whose end has not arrived. */
  head: Buffer | undefined
  line: string
  /** Undefined where bodies are not kept. */
  kept: Buffer[] | undefined
}

export function createResponseParser({ keepBody = false } = {}): ResponseParser {
  const state: State = { ...blank(), kept: keepBody ? [] : undefined }
  return {
    answer: state,
    reset: () => {
      Object.assign(state, blank())
      if (state.kept !== undefined) state.kept = []
    },
    push: (chunk) => {
      let bytes = chunk
      let at = 0
      if (state.part === 'head') {
        bytes = state.head === undefined ? chunk : Buffer.concat([state.head, chunk])
        at = takeHead(state, bytes)
      }
      while (at < bytes.length && state.part !== 'done') {
        at = isLine(state.part) ? takeChunkLine(state, bytes, at) : takeBody(state, bytes, at)
      }
      if (at < bytes.length) throw new MalformedResponse('bytes after the end of the answer')
      return state.part === 'done'
    },
    end: () => {
      state.keepAlive = false
      return state.part === 'until-end'
    },
    body: () => (state.kept === undefined ? undefined : Buffer.concat(state.kept)),
  }
}

const blank = () => ({
  part: 'head' as const,
  status: 0,
  bodyBytes: 0,
  keepAlive: true,
  left: 0,
  head: undefined,
  line: '',
})

/** Where the body begins, or the end of the bytes when the head is not whole. Interim answers (1xx) are passed over. */
function takeHead(state: State, bytes: Buffer): number {
  let start = 0
  while (state.part === 'head') {
    const end = bytes.indexOf(HEAD_END, start)
    if ((end < 0 ? bytes.length : end) - start > MOST_HEAD) {
      throw new MalformedResponse(`more than ${MOST_HEAD} bytes of header`)
    }
    if (end < 0) {
      state.head = Buffer.from(bytes.subarray(start))
      return bytes.length
    }
    const parsed = parseResponseHead(bytes.toString('latin1', start, end))
    if (parsed === undefined) throw new MalformedResponse('no HTTP status line')
    start = end + HEAD_END.length
    if (parsed.status >= 200 || parsed.status === 101) Object.assign(state, parsed)
  }
  return start
}

function takeBody(state: State, bytes: Buffer, at: number): number {
  const untilEnd = state.part === 'until-end'
  const end = untilEnd ? bytes.length : Math.min(bytes.length, at + state.left)
  state.bodyBytes += end - at
  state.kept?.push(Buffer.from(bytes.subarray(at, end)))
  if (untilEnd) return end
  state.left -= end - at
  if (state.left === 0) state.part = state.part === 'chunk' ? 'chunk-end' : 'done'
  return end
}

const isLine = (part: ResponsePart) =>
  part === 'chunk-size' || part === 'chunk-end' || part === 'trailer'

/** A line of the chunked coding, as far as it has arrived. */
function takeChunkLine(state: State, bytes: Buffer, at: number): number {
  const end = bytes.indexOf(LINE_END, at)
  state.line += bytes.toString('latin1', at, end < 0 ? bytes.length : end)
  if (state.line.length > MOST_HEAD) throw new MalformedResponse('a line of chunks without an end')
  if (end < 0) return bytes.length
  const line = state.line.replace(/\r$/, '')
  state.line = ''
  if (state.part === 'trailer') {
    if (line === '') state.part = 'done'
  } else if (state.part === 'chunk-end') {
    if (line !== '') throw new MalformedResponse('a chunk longer than its size')
    state.part = 'chunk-size'
  } else {
    state.left = chunkSize(line)
    state.part = state.left === 0 ? 'trailer' : 'chunk'
  }
  return end + 1
}

function chunkSize(line: string): number {
  const digits = /^([\da-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line)?.[1]
  if (digits === undefined) throw new MalformedResponse('a chunk without a size')
  return Number.parseInt(digits, 16)
}
