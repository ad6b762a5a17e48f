import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256 } from '../core/index.ts'
import { artifactKey, keepArtifact, readArtifact } from './artifact-store.ts'
import { folderArtifactStore } from './folder-artifact-store.ts'

const CANARY = 'the canary must stay where it is'
const BYTES = new TextEncoder().encode('a model')
const KEY = artifactKey(sha256(BYTES))

let folder = ''
let root = ''
let canary = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-artifacts-'))
  root = join(folder, 'store')
  canary = join(folder, 'canary')
  writeFileSync(canary, CANARY)
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Whatever happens, nothing of the canary comes out. */
async function withoutCanary(call: () => Promise<unknown>): Promise<unknown> {
  const result = await call().catch((error: unknown) => error)
  const shown = result instanceof Uint8Array ? Buffer.from(result).toString() : result
  const texts = [String(shown), JSON.stringify(shown) ?? '', (shown as Error)?.stack ?? '']
  for (const text of texts) expect(text).not.toContain('canary must stay')
  expect(readFileSync(canary, 'utf8')).toBe(CANARY)
  return result
}

describe('folderArtifactStore', () => {
  it('keeps bytes under their digest, read-only, and gives them back', async () => {
    const store = folderArtifactStore(root)
    expect(await store.exists(KEY)).toBe(false)
    expect(await store.get(KEY)).toBeUndefined()
    const digest = await keepArtifact(store, BYTES)
    expect([await store.exists(KEY), artifactKey(digest)]).toEqual([true, KEY])
    expect(await readArtifact(store, digest)).toEqual(Buffer.from(BYTES))
    expect(statSync(join(root, KEY)).mode & 0o777).toBe(0o444)
    expect(readdirSync(dirname(join(root, KEY)))).toEqual([digest])
  })

  it('leaves what is there, and mends what was changed', async () => {
    const store = folderArtifactStore(root)
    await store.put(KEY, BYTES)
    const { ino } = statSync(join(root, KEY))
    await store.put(KEY, BYTES)
    expect(statSync(join(root, KEY)).ino).toBe(ino)
    chmodSync(join(root, KEY), 0o644)
    writeFileSync(join(root, KEY), 'a modal')
    await expect(readArtifact(store, sha256(BYTES))).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
    })
    await store.put(KEY, BYTES)
    expect(Buffer.from(await readArtifact(store, sha256(BYTES))).toString()).toBe('a model')
  })

  it('takes the same bytes from many at once', async () => {
    const store = folderArtifactStore(root)
    await Promise.all(Array.from({ length: 20 }, () => store.put(KEY, BYTES)))
    expect(readdirSync(dirname(join(root, KEY)))).toEqual([sha256(BYTES)])
  })

  const OUTSIDE = [
    ...['', '.', '..', '../canary', '../../canary', 'sha256/../../canary', 'sha256/../canary'],
    ...[
      '/etc/passwd',
      '//host/share/canary',
      '\\\\host\\canary',
      '..\\canary',
      'C:\\canary',
      'C:/canary',
    ],
    ...['%2e%2e/canary', '%252e%252e/canary', '..%2fcanary', 'sha256/%2e%2e/canary', 'canary#x'],
    ...[
      'canary\0',
      'sha256\0/../canary',
      '.canary',
      'sha256/',
      '/sha256',
      'sha256//ab',
      'SHA256/AB',
    ],
    ...['file:///etc/passwd', 'sha256/aa/…/canary', 'sha256/ ../canary', '~/canary', 'sha256/a?b'],
  ]
  it.each(OUTSIDE)('refuses the key %j', async (key) => {
    const store = folderArtifactStore(root)
    const refused = expect.objectContaining({ code: 'MODEL_DAMAGED' })
    expect(await withoutCanary(() => store.get(key))).toEqual(refused)
    expect(await withoutCanary(() => store.exists(key))).toEqual(refused)
    expect(await withoutCanary(() => store.put(key, BYTES))).toEqual(refused)
    expect(existsSync(root)).toBe(false)
  })

  it.each([
    '',
    '..',
    'a'.repeat(63),
    'A'.repeat(64),
    `../${'a'.repeat(61)}`,
    `${'a'.repeat(64)}\n`,
  ])('takes no %j for a digest', (digest) => {
    expect(() => artifactKey(digest)).toThrow(expect.objectContaining({ code: 'MODEL_DAMAGED' }))
  })

  const path = () => join(root, KEY)
  const makeParent = () => mkdirSync(dirname(path()), { recursive: true })
  const TRICKS: readonly [string, () => void][] = [
    ['a link to a file', () => symlinkSync(canary, path())],
    ['a hard link', () => linkSync(canary, path())],
    ['a folder', () => mkdirSync(path())],
    [
      'a link in place of its folder',
      () => {
        rmSync(dirname(path()), { recursive: true })
        mkdirSync(join(folder, 'elsewhere'))
        linkSync(canary, join(folder, 'elsewhere', sha256(BYTES)))
        symlinkSync(join(folder, 'elsewhere'), dirname(path()))
      },
    ],
    [
      'a link in place of the folder above',
      () => {
        rmSync(join(root, 'sha256'), { recursive: true })
        symlinkSync(folder, join(root, 'sha256'))
      },
    ],
  ]
  it.each(TRICKS)('gives nothing of what is behind %s', async (_, trick) => {
    const store = folderArtifactStore(root)
    makeParent()
    trick()
    const read = () => readArtifact(store, sha256(BYTES))
    expect(await withoutCanary(read)).toMatchObject({ code: 'MODEL_DAMAGED' })
  })

  it('writes through no link', async () => {
    const store = folderArtifactStore(root)
    makeParent()
    symlinkSync(canary, path())
    await withoutCanary(() => store.put(KEY, BYTES))
    expect(Buffer.from(await readArtifact(store, sha256(BYTES))).toString()).toBe('a model')
    rmSync(join(root, 'sha256'), { recursive: true })
    symlinkSync(folder, join(root, 'sha256'))
    expect(await withoutCanary(() => store.put(KEY, BYTES))).toMatchObject({
      code: 'MODEL_DAMAGED',
    })
    expect(readdirSync(folder).sort()).toEqual(['canary', 'store'])
  })

  it('may itself be reached by a link: the folder is the choice of who configures it', async () => {
    mkdirSync(join(folder, 'disk'))
    symlinkSync(join(folder, 'disk'), root)
    const store = folderArtifactStore(root)
    await store.put(KEY, BYTES)
    expect(Buffer.from(await readArtifact(store, sha256(BYTES))).toString()).toBe('a model')
  })
})
