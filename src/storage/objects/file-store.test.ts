import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bytesOf, listAll, readAll } from '../../../test/support/object-store-contract.ts'
import { openFileStore } from './file-store.ts'

let folder: string
let root: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-file-store-'))
  root = join(folder, 'root')
  await mkdir(root)
  await writeFile(join(folder, 'secret'), 'secret')
})
afterEach(() => rm(folder, { recursive: true }))

describe('openFileStore', () => {
  it('follows no link out of its folder, to read, write, delete or list', async () => {
    const store = openFileStore(root)
    await symlink(join(folder, 'secret'), join(root, 'link'))
    await symlink(folder, join(root, 'up'))
    const denied = { code: 'STORAGE_DENIED', message: expect.stringContaining('outside') }
    for (const key of ['link', 'up/secret']) {
      await expect(store.stat(key)).rejects.toMatchObject(denied)
      await expect(store.read(key)).rejects.toMatchObject(denied)
    }
    await expect(store.write('up/new', bytesOf('x'))).rejects.toMatchObject(denied)
    await expect(store.write('up/sub/new', bytesOf('x'))).rejects.toMatchObject(denied)
    await expect(store.delete('up/secret')).rejects.toMatchObject(denied)
    expect(await listAll(store)).toEqual([])
    expect(await listAll(store, 'up/')).toEqual([])
    // the link itself is an entry of the folder: it may be replaced and removed
    await store.write('link', bytesOf('mine'))
    await store.delete('up')
    expect(await readFile(join(folder, 'secret'), 'utf8')).toBe('secret')
    expect((await listAll(store)).map(({ key }) => key)).toEqual(['link'])
  })

  it('follows links within its folder, once around', async () => {
    await mkdir(join(root, 'v1'))
    await writeFile(join(root, 'v1', 'x'), 'one')
    await symlink(join(root, 'v1'), join(root, 'latest'))
    await symlink(join(root, 'v1', 'x'), join(root, 'x'))
    await symlink(root, join(root, 'v1', 'loop'))
    await symlink(join(root, 'nowhere'), join(root, 'dangling'))
    const store = openFileStore(root)
    expect((await readAll(store, 'latest/x')).toString()).toBe('one')
    const keys = (await listAll(store)).map(({ key }) => key)
    expect(keys).toEqual(['latest/x', 'v1/x', 'x'])
    expect(await store.stat('dangling')).toBeUndefined()
  })

  it('may itself be a link, and be made by the first write', async () => {
    await symlink(root, join(folder, 'linked'))
    await openFileStore(join(folder, 'linked')).write('a', bytesOf('x'))
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('x')
    const later = openFileStore(join(folder, 'new', 'deep'))
    expect([await later.stat('a'), await listAll(later)]).toEqual([undefined, []])
    await later.delete('a')
    await later.write('b/c', bytesOf('x'))
    expect(await readFile(join(folder, 'new', 'deep', 'b', 'c'), 'utf8')).toBe('x')
  })

  it('does not show a file that is being written, nor take its name', async () => {
    const store = openFileStore(root)
    const name = '.x.0123456789ab.tmp'
    await writeFile(join(root, name), 'half')
    expect(await listAll(store)).toEqual([])
    await expect(store.read(name)).rejects.toMatchObject({ code: 'STORAGE_INVALID_URL' })
  })

  it('reads on in the old object when a new one takes its place', async () => {
    const store = openFileStore(root)
    await store.write('x', Buffer.alloc(3_000_000, 'a'))
    let text = ''
    for await (const chunk of await store.read('x')) {
      if (text === '') await store.write('x', bytesOf('b'))
      text += Buffer.from(chunk).toString()
    }
    expect(text).toBe('a'.repeat(3_000_000))
  })

  it('says what is in the way, and what is too long', async () => {
    const store = openFileStore(root)
    await store.write('a/b', bytesOf('x'))
    for (const key of ['a', 'a/b/c', `${'n'.repeat(300)}`]) {
      await expect(store.write(key, bytesOf('y'))).rejects.toMatchObject({
        code: 'STORAGE_INVALID_URL',
        hint: expect.any(String),
      })
      expect(await store.stat(key)).toBeUndefined()
    }
    await expect(store.read('a')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
    await expect(store.delete('a')).rejects.toMatchObject({ code: 'STORAGE_INVALID_URL' })
    expect((await readAll(store, 'a/b')).toString()).toBe('x')
  })

  it.skipIf(process.getuid?.() === 0)('says that a right is missing (not as root)', async () => {
    const store = openFileStore(root)
    await store.write('a/b', bytesOf('x'))
    await chmod(join(root, 'a'), 0)
    await expect(store.read('a/b')).rejects.toMatchObject({ code: 'STORAGE_DENIED' })
    await expect(store.write('a/c', bytesOf('x'))).rejects.toMatchObject({ code: 'STORAGE_DENIED' })
    await chmod(join(root, 'a'), 0o700)
  })

  it('tells an object that was moved into the place of another', async () => {
    const store = openFileStore(root)
    await store.write('x', bytesOf('one'))
    const { etag } = (await store.stat('x'))!
    await store.write('y', bytesOf('two'))
    await rename(join(root, 'y'), join(root, 'x'))
    await expect(store.read('x', { etag })).rejects.toMatchObject({ code: 'OBJECT_CHANGED' })
  })
})
