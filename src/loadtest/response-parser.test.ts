import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createResponseParser, MalformedResponse } from './response-parser.ts'

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`
const ok = 'HTTP/1.1 200 OK'

interface Example {
  readonly text: string
  readonly status: number
  readonly body: string
  readonly keepAlive: boolean
}

const examples: Readonly<Record<string, Example>> = {
  'a body of known length': {
    text: `${head(ok, 'Content-Type: application/json', 'Content-Length: 5')}hello`,
    status: 200,
    body: 'hello',
    keepAlive: true,
  },
  'an empty body': {
    text: head('HTTP/1.1 503 Service Unavailable', 'Retry-After: 1', 'content-length: 0'),
    status: 503,
    body: '',
    keepAlive: true,
  },
  'no body': { text: head('HTTP/1.1 204 No Content'), status: 204, body: '', keepAlive: true },
  'a status without a reason': {
    text: head('HTTP/1.1 404', 'Content-Length: 0'),
    status: 404,
    body: '',
    keepAlive: true,
  },
  'chunks, with an extension and a trailer': {
    text: `${head(ok, 'Transfer-Encoding: gzip, Chunked')}5;a="b"\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nx: y\r\n\r\n`,
    status: 200,
    body: 'hello0123456789abcdef',
    keepAlive: true,
  },
  'a connection to be closed': {
    text: `${head(ok, 'Connection: close', 'Content-Length: 2')}ab`,
    status: 200,
    body: 'ab',
    keepAlive: false,
  },
  'HTTP/1.0': {
    text: `${head('HTTP/1.0 200 OK', 'Content-Length: 2')}ab`,
    status: 200,
    body: 'ab',
    keepAlive: false,
  },
  'HTTP/1.0 that keeps its connection': {
    text: `${head('HTTP/1.0 200 OK', 'Connection: Keep-Alive', 'Content-Length: 2')}ab`,
    status: 200,
    body: 'ab',
    keepAlive: true,
  },
  'an answer after interim ones': {
    text: `${head('HTTP/1.1 100 Continue')}${head('HTTP/1.1 103 Early Hints', 'Link: </a>')}${head(ok, 'Content-Length: 1')}a`,
    status: 200,
    body: 'a',
    keepAlive: true,
  },
}

/** Pushes bytes cut at some places, each piece in a buffer that is overwritten afterwards. */
function pushInPieces(text: string, cuts: readonly number[]) {
  const parser = createResponseParser({ keepBody: true })
  const edges = [0, ...[...cuts].sort((a, b) => a - b), text.length]
  const whole = edges.slice(1).map((end, i) => {
    const piece = Buffer.from(text.slice(edges[i], end), 'latin1')
    const done = parser.push(piece)
    piece.fill('?')
    return done
  })
  return { parser, whole }
}

describe('createResponseParser', () => {
  it.each(Object.entries(examples))('reads %s, however it is cut', (_, example) => {
    const { text, body, ...expected } = example
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 12 })
    fc.assert(
      fc.property(cuts, (places) => {
        const { parser, whole } = pushInPieces(text, places)
        expect(whole).toEqual(whole.map((_, i) => i === whole.length - 1))
        expect(parser.answer).toMatchObject({ ...expected, bodyBytes: body.length })
        expect(parser.body()!.toString('latin1')).toBe(body)
        expect(parser.end()).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  it('takes the end of the connection for the end of a body without a length', () => {
    const { parser, whole } = pushInPieces(`${head(ok)}hello`, [3, 21])
    expect(whole.at(-1)).toBe(false)
    expect(parser.end()).toBe(true)
    expect(parser.answer).toMatchObject({ status: 200, bodyBytes: 5, keepAlive: false })
  })

  it.each([
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['half a body', `${head(ok, 'Content-Length: 5')}hel`],
    ['chunks without the last', `${head(ok, 'Transfer-Encoding: chunked')}2\r\nab\r\n`],
  ])('does not take %s for an answer when the connection ends', (_, text) => {
    expect(pushInPieces(text, []).parser.end()).toBe(false)
  })

  it('reads the next answer after a reset', () => {
    const parser = createResponseParser()
    for (const { text, status } of Object.values(examples)) {
      expect(parser.push(Buffer.from(text))).toBe(true)
      expect(parser.answer.status).toBe(status)
      parser.reset()
    }
    expect(parser.body()).toBeUndefined()
  })

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a head without an end', `${ok}\r\nX: ${'y'.repeat(70_000)}`],
    ['bytes after the answer', `${head(ok, 'Content-Length: 1')}ab`],
    ['a chunk without a size', `${head(ok, 'Transfer-Encoding: chunked')}xyz\r\n`],
    ['a chunk longer than it says', `${head(ok, 'Transfer-Encoding: chunked')}2\r\nabcd\r\n`],
    [
      'a chunk line without an end',
      `${head(ok, 'Transfer-Encoding: chunked')}${'1'.repeat(70_000)}`,
    ],
  ])('refuses %s', (_, text) => {
    expect(() => pushInPieces(text, [])).toThrow(MalformedResponse)
  })
})
