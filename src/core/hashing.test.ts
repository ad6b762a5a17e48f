import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canonicalJson, digestOf, sha256, sha256File } from './hashing.ts'

// FIPS 180-2, appendix B.1
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

describe('sha256', () => {
  it('hashes the parts as one text', () => {
    expect(sha256('abc')).toBe(ABC)
    expect(sha256('a', Uint8Array.of(98), 'c')).toBe(ABC)
  })

  it('hashes a file of any size in pieces', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atelier-hash-'))
    const content = new Uint8Array(300_000).map((_, i) => i % 251)
    await writeFile(join(folder, 'file'), content)
    expect(await sha256File(join(folder, 'file'))).toBe(sha256(content))
    await rm(folder, { recursive: true })
  })
})

describe('canonicalJson', () => {
  it('sorts the keys at every depth and keeps the order of arrays', () => {
    const a = { b: [3, { y: 1, x: null }], a: { d: 'ü', c: true } }
    const b = { a: { c: true, d: 'ü' }, b: [3, { x: null, y: 1 }] }
    expect(canonicalJson(a)).toBe('{"a":{"c":true,"d":"ü"},"b":[3,{"x":null,"y":1}]}')
    expect(canonicalJson(b)).toBe(canonicalJson(a))
    expect(canonicalJson([2, 1])).toBe('[2,1]')
  })

  it('treats a key that is undefined as absent, and −0 as 0', () => {
    expect(canonicalJson({ b: undefined, a: -0 })).toBe(canonicalJson({ a: 0 }))
  })

  it('keeps keys that look like numbers or like the prototype', () => {
    expect(canonicalJson(JSON.parse('{"b":0,"__proto__":1,"10":2,"9":3}'))).toBe(
      '{"9":3,"10":2,"__proto__":1,"b":0}',
    )
  })
})

describe('digestOf', () => {
  it('is equal for equal values and for no others', () => {
    expect(digestOf({ a: 1, b: [2] })).toBe(digestOf({ b: [2], a: 1 }))
    const digests = [{ a: 1 }, { a: '1' }, { a: [1] }, { a: null }, {}, []].map(digestOf)
    expect(new Set(digests).size).toBe(digests.length)
  })
})
