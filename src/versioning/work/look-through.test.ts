import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFilePool } from '../files/file-pool.ts'
import { createSignatures, putSignature, signatureOf } from '../files/file-signature.ts'
import { lookThrough } from './look-through.ts'

let folder = ''
const pool = createFilePool({})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-look-through-'))
  for (const name of ['a', 'b', 'c'])
    writeFileSync(join(folder, name), name.repeat(name.charCodeAt(0)))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const look = (before: readonly string[], find: () => string[]) =>
  lookThrough({ pool, signal: undefined }, folder, before, find)

function stated(names: readonly string[]) {
  const row = createSignatures(names.length)
  names.forEach((name, at) => {
    putSignature(row, at, signatureOf(statSync(join(folder, name))))
  })
  return row
}

/** So many that they are asked for before names are looked for. */
const GONE = Array.from({ length: 10_000 }, (_, at) => `gone ${at}`)

describe('lookThrough', () => {
  it('tells the state of files that came, went or stayed since last time', async () => {
    const names = ['a', 'b', 'c']
    expect(await look([], () => names)).toEqual({ names, signatures: stated(names) })
    const found = await look(['a', ...GONE, 'c'], () => names)
    expect(found).toEqual({ names, signatures: stated(names) })
  })

  it('fails for a file that goes while it looks', async () => {
    await expect(look([...GONE, 'a'], () => ['a', 'd'])).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('passes on why names cannot be read', async () => {
    const refuse = () => {
      throw new Error('refused')
    }
    await expect(look([...GONE, 'a'], refuse)).rejects.toThrow('refused')
  })
})
