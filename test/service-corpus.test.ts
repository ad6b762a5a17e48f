/** The service and thousands of files and requests that are no good; more than ten thousand with ATELIER_TEST=full. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../src/core/index.ts'
import { badImages } from './support/bad-images.ts'
import { FULL } from './support/only-in-full.ts'
import { createExample, type Example, flatPng, formOf } from './support/service-example.ts'

const SEED = 11
const SHARE = FULL ? 0.4 : 0.02
const MUTATED = FULL ? 4000 : 400
const AT_ONCE = 8
const MB = 2 ** 20

let example: Example
let url = ''
let png: Buffer
beforeAll(async () => {
  example = await createExample({ config: { request_timeout_ms: 2000, max_pixels: 4_000_000 } })
  url = await example.listen()
  png = await flatPng(200)
}, 60_000)
afterAll(() => example.close(), 60_000)

/** Works through what comes, some at once. */
async function forEach<T>(items: AsyncIterable<T>, work: (item: T) => Promise<void>) {
  const iterator = items[Symbol.asyncIterator]()
  const worker = async () => {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      await work(next.value)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function predict(body: Uint8Array): Promise<number> {
  for (;;) {
    const headers = { 'content-type': 'image/png' }
    const answer = await fetch(`${url}/predict`, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
    })
    await answer.arrayBuffer()
    // too much at once is the sender's to send again
    if (answer.status !== 503) return answer.status
    await sleep(50)
  }
}

describe(`bad pictures${FULL ? '' : ' (a share; ten thousand with ATELIER_TEST=full)'}`, () => {
  it(
    'are refused one by one, and cost no memory that stays',
    async () => {
      await predict(png)
      const before = process.memoryUsage().rss
      const counts = new Map<string, number>()
      let most = 0
      await forEach(badImages(SEED, SHARE), async ({ name, bytes, verdict }) => {
        const status = await predict(bytes)
        counts.set(`${verdict} ${status}`, (counts.get(`${verdict} ${status}`) ?? 0) + 1)
        const refused = bytes.length === 0 ? [422] : [400, 413]
        const allowed = verdict === 'bad' ? refused : [200, ...refused]
        expect(allowed, `${name}: ${status}`).toContain(status)
        most = Math.max(most, process.memoryUsage().rss)
      })
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
      expect(total).toBeGreaterThan(FULL ? 10_000 : 500)
      expect((most - before) / MB).toBeLessThan(500)
      expect(await predict(png)).toBe(200)
      expect(example.warnings).toEqual([])
    },
    FULL ? 900_000 : 120_000,
  )
})

describe('requests with bytes that were changed', () => {
  const form = () => {
    const { headers, payload } = formOf([{ field: 'file', name: 'a.png', bytes: png }])
    const head = `POST /predict HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${headers['content-type']}\r\ncontent-length: ${payload.length}\r\nconnection: close\r\n\r\n`
    return Buffer.concat([Buffer.from(head), payload])
  }

  /** Some bytes changed, taken out or doubled, each time others. */
  function mutated(bytes: Buffer, at: number): Buffer {
    const random = createRandom(SEED, 'sketch', at)
    const draws = Array.from({ length: 8 }, () => random.uniform())
    const copy = Buffer.from(bytes)
    for (let i = 0; i < 1 + draws[0]! * 3; i++) {
      copy[Math.floor(draws[i + 1]! * copy.length)] = Math.floor(draws[i + 4]! * 256)
    }
    const cut = Math.floor(draws[7]! * copy.length)
    if (draws[0]! < 0.2) return copy.subarray(0, cut)
    if (draws[0]! < 0.4) return Buffer.concat([copy.subarray(0, cut), copy.subarray(cut - 20)])
    return copy
  }

  function send(bytes: Buffer): Promise<string> {
    return new Promise((done) => {
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
      })
      socket.on('error', () => {})
      socket.on('close', () => done(text))
      socket.setTimeout(4000, () => socket.destroy())
      socket.end(bytes)
    })
  }

  it(
    'are answered with 2xx or 4xx, or their connection ends',
    async () => {
      const statuses = new Set<number>()
      let next = 0
      const worker = async () => {
        for (let at = next++; at < MUTATED; at = next++) {
          const text = await send(mutated(form(), at))
          const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)
          statuses.add(status)
          expect(status, `mutation ${at}: ${text.slice(0, 200)}`).toBeLessThan(500)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      expect(statuses).toContain(400)
      expect(await predict(png)).toBe(200)
    },
    FULL ? 600_000 : 120_000,
  )
})
