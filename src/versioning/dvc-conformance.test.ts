/** What DVC and its libraries wrote, byte for byte: test/golden/dvc-files.py asks them again. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatIni, iniValues, parseIni, setIniValue } from './config/ini-file.ts'
import { decodeListing, encodeListing, listingHash } from './objects/dir-listing.ts'
import { createDosToUnixHash } from './objects/dos-to-unix.ts'
import { newDvcFileText, parseDvcFile, withOutputHash } from './pointer/dvc-file.ts'

interface Golden {
  readonly files: readonly {
    md5: string
    path: string
    nfiles: number | null
    isexec: boolean
    text: string
  }[]
  readonly listings: readonly { names: string[]; md5: string; bytes: string }[]
  readonly dos2unix: Readonly<Record<string, string>>
  readonly settings: readonly { value: string; text: string; read: string | string[] }[]
}

const file = resolve(import.meta.dirname, '../../test/golden/dvc-files.json')
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'))
const md5Of = (text: string) => createHash('md5').update(text).digest('hex')

describe('newDvcFileText()', () => {
  it.each(golden.files)(
    'writes $path ($md5) as DVC does',
    ({ md5, path, nfiles, isexec, text }) => {
      const hash = { md5, size: 7, nfiles: nfiles ?? undefined, kind: 'md5', isexec } as const
      expect(newDvcFileText(path, hash)).toBe(text)
    },
  )
})

describe('parseDvcFile()', () => {
  it.each(golden.files)(
    'reads what DVC wrote of $path ($md5)',
    ({ md5, path, nfiles, isexec, text }) => {
      const [output] = parseDvcFile(text, '/r/x.dvc').outputs
      expect(output).toMatchObject({ path, hash: { md5, size: 7, kind: 'md5', isexec } })
      expect(output!.hash!.nfiles).toBe(nfiles ?? undefined)
    },
  )

  it.each(golden.files)('writes $path ($md5) again with another hash', ({ text }) => {
    const hash = {
      md5: md5Of('x'),
      size: 1,
      nfiles: undefined,
      kind: 'md5',
      isexec: false,
    } as const
    const changed = withOutputHash(parseDvcFile(text, '/r/x.dvc'), 0, hash)
    expect(parseDvcFile(changed, '/r/x.dvc').outputs[0]!.path).toBe(
      parseDvcFile(text, '/r/x.dvc').outputs[0]!.path,
    )
    expect(changed).toMatch(
      /^outs:\n- md5: 9dd4e461268c8034f5c8564e155c67a6\n {2}size: 1\n {2}hash: md5\n {2}path: /,
    )
  })
})

describe('encodeListing()', () => {
  it.each(golden.listings)('lists $names as DVC does', ({ names, md5, bytes }) => {
    const entries = names.map((relpath) => ({ relpath, md5: md5Of(relpath) }))
    const encoded = encodeListing(entries)
    expect(encoded.toString()).toBe(bytes)
    expect(listingHash(encoded)).toBe(md5)
    expect(new Set(decodeListing(encoded, md5))).toEqual(new Set(entries))
  })
})

describe('createDosToUnixHash()', () => {
  const texts: Readonly<Record<string, Buffer>> = {
    ...{ crlf: Buffer.from('a\r\nb\r\n'), lf: Buffer.from('a\nb\n'), cr: Buffer.from('a\rb') },
    ...{ nul: Buffer.from('\0a\r\n'), empty: Buffer.alloc(0) },
    latin: Buffer.concat([
      ...Array(2).fill(Buffer.from(Array.from({ length: 128 }, (_, at) => at + 128))),
      Buffer.from('\r\n'.repeat(10)),
    ]),
    mixed: Buffer.concat([
      Buffer.alloc(400, 'a'),
      Buffer.alloc(112, 200),
      Buffer.from('\r\n'.repeat(50)),
    ]),
    long: Buffer.from('line\r\n'.repeat(200_000)),
    split: Buffer.concat([Buffer.alloc(2 ** 20 - 1, 'a'), Buffer.from('\r\nend\r\n')]),
  }
  it.each(Object.entries(golden.dos2unix))('hashes %s as DVC 2 did', (name, md5) => {
    for (const step of [1000, 2 ** 20, 2 ** 22]) {
      const hash = createDosToUnixHash()
      const bytes = texts[name]!
      for (let at = 0; at < bytes.length; at += step) hash.update(bytes.subarray(at, at + step))
      expect(hash.digest('hex')).toBe(md5)
    }
  })
})

describe('setIniValue()', () => {
  it.each(golden.settings)('writes and reads $value as ConfigObj does', ({ value, text, read }) => {
    const written = setIniValue([], 'cache', 'key', value)
    expect(formatIni(written)).toBe(text)
    expect(iniValues(parseIni(text, 'config')).get('cache')!.get('key')).toEqual(read)
  })
})
