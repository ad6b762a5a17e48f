import { constants, deflateSync, inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/index.ts'
import { inflateSmall } from './inflate-small.ts'

const random = createRandom(20261125, 'bootstrap')
const below = (limit: number) => Math.floor(random.uniform() * limit)
const { Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_FILTERED } = constants
const STRATEGIES = [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_FILTERED]

/** Bytes with repetitions, of few or many values. */
function someBytes(): Buffer {
  const bytes = Buffer.alloc(1 + below(3000))
  const values = 1 + below(256)
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = i > 300 && below(2) === 0 ? bytes[i - 1 - below(300)]! : below(values)
  }
  return bytes
}

function packed(bytes: Buffer): Buffer {
  return deflateSync(bytes, { level: below(10), strategy: STRATEGIES[below(5)]! })
}

function unpacked(stream: Buffer, size: number): Uint8Array | undefined {
  const out = new Uint8Array(size)
  return inflateSmall(stream, out) ? out : undefined
}

describe('inflateSmall', () => {
  it('unpacks what zlib packs', () => {
    for (let i = 0; i < 500; i++) {
      const bytes = someBytes()
      expect(Buffer.from(unpacked(packed(bytes), bytes.length) ?? []).equals(bytes)).toBe(true)
    }
  })

  it('takes nothing that zlib refuses, or unpacks to other bytes', () => {
    let refused = 0
    for (let i = 0; i < 3000; i++) {
      const bytes = someBytes()
      const stream = packed(bytes)
      stream[below(stream.length)]! ^= 1 << below(8)
      const out = unpacked(stream, bytes.length)
      if (out === undefined) refused++
      else expect(inflateSync(stream).equals(out)).toBe(true)
    }
    expect(refused).toBeGreaterThan(2900)
  })

  it.each([
    ['is cut off', (stream: Buffer) => stream.subarray(0, -1), 0],
    ['is empty', () => Buffer.alloc(0), 0],
    ['has more bytes', (stream: Buffer) => stream, -1],
    ['has fewer bytes', (stream: Buffer) => stream, 1],
    ['wants a dictionary', () => deflateSync('abc', { dictionary: Buffer.from('abc') }), 0],
  ])('leaves one to zlib that %s', (_, change, more) => {
    const bytes = someBytes()
    expect(unpacked(change(packed(bytes)), bytes.length + more)).toBe(undefined)
  })

  it('leaves many empty blocks to zlib, each of which would cost a table', () => {
    const empty = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff])
    const stream = (blocks: number) =>
      Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array(blocks).fill(empty), LAST])
    const LAST = deflateSync(Buffer.from('abc')).subarray(2)
    expect(Buffer.from(unpacked(stream(3), 3) ?? []).toString()).toBe('abc')
    expect(unpacked(stream(40), 3)).toBe(undefined)
    expect(inflateSync(stream(40)).toString()).toBe('abc')
  })
})
