/** Data versions through their door: remotes of every kind, refused losses, damage, what kills in between. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentProgress } from '../src/core/index.ts'
import {
  addPaths,
  addRemote,
  checkOut,
  collectGarbage,
  commitData,
  type DataRepository,
  dataCloudStatus,
  dataStatus,
  examineRepository,
  fetchData,
  initRepository,
  openRepository,
  pullData,
  pushData,
  removeData,
  requirePushed,
  setSetting,
} from '../src/versioning/index.ts'
import { oddFiles, readFiles, writeFiles } from './support/dvc-example.ts'
import { createBuckets } from './support/object-bucket-model.ts'
import { gcsModel, serveGcs } from './support/object-gcs-server.ts'
import { s3Model, serveS3 } from './support/object-s3-server.ts'
import { startServer, type TestServer } from './support/object-web-server.ts'

let folder = ''
let count = 0
const open: DataRepository[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-versions-'))
})
afterAll(async () => {
  await Promise.all(open.map((repository) => repository.close()))
  await rm(folder, { recursive: true, force: true })
})

const place = () => join(folder, String(count++))
const env = { DVC_GLOBAL_CONFIG_DIR: '/nowhere', DVC_SYSTEM_CONFIG_DIR: '/nowhere' }

async function reopen(root: string, more: Record<string, string> = {}): Promise<DataRepository> {
  const repository = await openRepository(root, {
    env: { ...env, ...more },
    progress: silentProgress,
  })
  open.push(repository)
  return repository
}

async function project(config = '', more: Record<string, string> = {}): Promise<DataRepository> {
  const root = place()
  await mkdir(root)
  await initRepository(root, { noGit: true })
  await writeFile(join(root, '.dvc/config'), config)
  return reopen(root, more)
}

const folderRemote = (path: string) => `[core]\n    remote = r\n['remote "r"']\n    url = ${path}\n`

/** The same `.dvc` files and settings, without the data. */
async function clone(
  { root }: DataRepository,
  more: Record<string, string> = {},
): Promise<DataRepository> {
  const copy = place()
  await mkdir(join(copy, '.dvc'), { recursive: true })
  for (const name of [
    '.dvc/config',
    ...(await readdir(root)).filter((file) => /.\.dvc$/.test(file)),
  ])
    await writeFile(join(copy, name), await readFile(join(root, name)))
  return reopen(copy, more)
}

const states = async (repository: DataRepository) =>
  (await dataStatus(repository, [], repository.root)).map(({ state }) => state)
const objectOf = async (root: string) => {
  const names = await readdir(root, { recursive: true })
  return names
    .filter((name) => /^[0-9a-f]{2}\/[0-9a-f]{30}$/.test(name))
    .map((name) => join(root, name))
}

describe('a repository of data versions', () => {
  it('keeps, compares and brings back files of odd names', async () => {
    const repository = await project()
    const { root } = repository
    await writeFiles(join(root, 'data'), oddFiles)
    const [added] = await addPaths(repository, ['data'], root)
    expect(added!.hash).toMatchObject({
      md5: expect.stringMatching(/^[0-9a-f]{32}\.dir$/),
      nfiles: 15,
    })
    expect(await states(repository)).toEqual(['up to date'])
    const before = await readFiles(join(root, 'data'))
    await rm(join(root, 'data'), { recursive: true })
    expect(await states(repository)).toEqual(['deleted'])
    expect(await checkOut(repository, [], root)).toMatchObject([{ state: 'added', added: 15 }])
    expect(await readFiles(join(root, 'data'))).toEqual(before)
    expect(await states(repository)).toEqual(['up to date'])
  })

  it('sees a change of the same size right after it was added', async () => {
    const repository = await project()
    await writeFiles(repository.root, { 'data/a': 'aaaa' })
    await addPaths(repository, ['data'], repository.root)
    await writeFile(join(repository.root, 'data/a'), 'bbbb')
    expect(await states(repository)).toEqual(['modified'])
  })

  it('never loses what is kept nowhere else, unless forced', async () => {
    const repository = await project()
    const { root } = repository
    await writeFiles(root, { 'data/a': 'a', 'data/b': 'b' })
    await addPaths(repository, ['data'], root)
    await writeFile(join(root, 'data/a'), 'mine')
    await writeFile(join(root, 'data/new'), 'mine, too')
    await expect(checkOut(repository, [], root)).rejects.toMatchObject({
      code: 'DVC_WOULD_LOSE',
      data: { count: 2 },
    })
    await expect(removeData(repository, ['data'], root, { outs: true })).rejects.toMatchObject({
      code: 'DVC_WOULD_LOSE',
    })
    expect(await readFile(join(root, 'data/a'), 'utf8')).toBe('mine')
    await checkOut(repository, [], root, { force: true })
    expect(Object.keys(await readFiles(join(root, 'data')))).toEqual(['a', 'b'])
    await writeFile(join(root, 'data/a'), 'kept')
    await commitData(repository, [], root)
    expect(await states(repository)).toEqual(['up to date'])
  })

  it('has a folder appear whole or not at all, and leaves nothing unfinished', async () => {
    const repository = await project()
    const { root, cache, scratch } = repository
    await writeFiles(root, { 'data/a': 'a', 'data/sub/b': 'b' })
    await addPaths(repository, ['data'], root)
    await rm(join(root, 'data'), { recursive: true })
    await writeFiles(scratch, { 'staging-1-ab/new/a': 'of a process that was killed' })
    const [object] = await objectOf(join(cache, 'files/md5'))
    const sound = await readFile(object!)
    await chmod(object!, 0o644)
    await writeFile(object!, 'x')
    await expect(checkOut(repository, [], root)).rejects.toMatchObject({
      code: 'DVC_OBJECT_CORRUPT',
    })
    expect(await readdir(root)).not.toContain('data')
    expect((await readdir(scratch)).filter((name) => name.startsWith('staging-'))).toEqual([])
    await writeFile(object!, sound)
    await checkOut(repository, [], root)
    expect(await states(repository)).toEqual(['up to date'])
  })

  it('makes a folder of a file, and a file of a folder', async () => {
    const repository = await project()
    const { root } = repository
    await writeFiles(root, { 'data/x/y': '1', 'data/z': '2' })
    await addPaths(repository, ['data'], root)
    const first = await readFile(join(root, 'data.dvc'), 'utf8')
    await rm(join(root, 'data'), { recursive: true })
    await writeFiles(root, { 'data/x': '3', 'data/z/y': '4' })
    await commitData(repository, [], root)
    await writeFile(join(root, 'data.dvc'), first)
    await checkOut(repository, [], root)
    expect(Object.keys(await readFiles(join(root, 'data')))).toEqual(['x/y', 'z'])
  })

  it('refuses targets within tracked data, around it, and outside', async () => {
    const repository = await project()
    const { root } = repository
    await writeFiles(root, { 'data/x/y': '1' })
    await addPaths(repository, ['data/x'], root)
    for (const target of ['data', 'data/x/y', '..', 'nothing'])
      await expect(addPaths(repository, [target], root)).rejects.toMatchObject({
        code: 'DVC_TARGET_INVALID',
      })
  })

  it('deletes only what nothing names', async () => {
    const repository = await project()
    const { root } = repository
    await writeFiles(root, { 'data/a': 'a', 'data/b': 'b' })
    await addPaths(repository, ['data'], root)
    await writeFile(join(root, 'data/a'), 'newer')
    await commitData(repository, [], root)
    const lock = '- path: out\n  hash: md5\n  md5: 0cc175b9c0f1b6a831c399e269772661\n'
    await writeFile(
      join(root, 'dvc.lock'),
      `schema: '2.0'\nstages:\n  a:\n    outs:\n${lock.replace(/^/gm, '    ').trimEnd()}\n`,
    )
    expect(await collectGarbage(repository, { workspace: true, dryRun: true })).toMatchObject({
      objects: 1,
    })
    await rm(join(root, 'dvc.lock'))
    expect(await collectGarbage(repository, { workspace: true })).toMatchObject({ objects: 2 })
    expect(await states(repository)).toEqual(['up to date'])
    const { md5 } = (
      await dataStatus(repository, [], root).then(
        async () => (await addPaths(repository, ['data'], root))[0]!,
      )
    ).hash
    await rm(join(root, '.dvc/cache/files/md5', md5.slice(0, 2), md5.slice(2)), { force: true })
    await expect(collectGarbage(repository, { workspace: true })).rejects.toMatchObject({
      code: 'DVC_OBJECT_MISSING',
    })
  })

  it('finds damage and mends it from the workspace or the remote', async () => {
    const repository = await project(folderRemote(place()))
    const { root } = repository
    await writeFiles(root, { 'data/a': 'a', 'data/b': 'b' })
    await addPaths(repository, ['data'], root)
    await pushData(repository, [], root)
    expect(await examineRepository(repository, false)).toEqual([])
    const [one, two] = await objectOf(join(root, '.dvc/cache/files/md5'))
    await chmod(one!, 0o644)
    await writeFile(one!, 'damaged')
    await chmod(one!, 0o444)
    await rm(two!, { force: true })
    await rm(join(root, 'data'), { recursive: true })
    const kinds = (await examineRepository(repository, false)).map(({ kind }) => kind)
    expect(kinds).toEqual(['corrupt object', 'missing data'])
    expect((await examineRepository(repository, true)).every(({ repaired }) => repaired)).toBe(true)
    expect(await examineRepository(repository, false)).toEqual([])
    await checkOut(repository, [], root)
    expect(await states(repository)).toEqual(['up to date'])
  })
})

describe('remotes of data versions', () => {
  it('copies only right bytes from a folder', async () => {
    const remote = place()
    const repository = await project(folderRemote(remote))
    await writeFiles(repository.root, { 'data/a': 'a', 'data/b': 'b' })
    await addPaths(repository, ['data'], repository.root)
    const status = await dataCloudStatus(repository, [], repository.root)
    expect(() => requirePushed(status)).toThrow(expect.objectContaining({ code: 'DVC_NOT_PUSHED' }))
    expect(await pushData(repository, [], repository.root)).toMatchObject({ objects: 3 })
    requirePushed(await dataCloudStatus(repository, [], repository.root))
    const copy = await clone(repository)
    const [object] = await objectOf(join(remote, 'files/md5'))
    await chmod(object!, 0o644)
    const right = await readFile(object!)
    await writeFile(object!, 'wrong')
    await expect(pullData(copy, [], copy.root)).rejects.toMatchObject({
      code: 'DVC_OBJECT_CORRUPT',
    })
    expect(await readdir(copy.root)).toEqual(['.dvc', 'data.dvc'])
    await rm(object!)
    await expect(pullData(copy, [], copy.root)).rejects.toMatchObject({
      code: 'DVC_OBJECT_MISSING',
    })
    await writeFile(object!, right)
    await pullData(copy, [], copy.root)
    expect(await states(copy)).toEqual(['up to date'])
  })

  it('refuses to push what is in neither place', async () => {
    const repository = await project(folderRemote(place()))
    await writeFiles(repository.root, { one: '1' })
    await addPaths(repository, ['one'], repository.root)
    await rm(join(repository.root, '.dvc/cache'), { recursive: true })
    await expect(pushData(repository, [], repository.root)).rejects.toMatchObject({
      code: 'DVC_OBJECT_MISSING',
    })
  })

  it('names what is wrong with settings', async () => {
    const repository = await project()
    await expect(pushData(repository, [], repository.root)).resolves.toMatchObject({ objects: 0 })
    await writeFiles(repository.root, { one: '1' })
    await addPaths(repository, ['one'], repository.root)
    await expect(pushData(repository, [], repository.root)).rejects.toMatchObject({
      code: 'DVC_NO_REMOTE',
    })
    await addRemote(repository, 'X', 'ssh://host/x', repository.root, { isDefault: true })
    const again = await reopen(repository.root)
    await expect(pushData(again, [], again.root)).rejects.toMatchObject({ code: 'DVC_UNSUPPORTED' })
    await expect(setSetting(again, 'cache.typo', 'x')).rejects.toMatchObject({ code: 'DVC_CONFIG' })
    await expect(setSetting(again, 'remote.x.url', 'ftp://x/y')).rejects.toMatchObject({
      code: 'DVC_CONFIG',
    })
  })

  it.each(['gs', 's3'] as const)(
    'pushes to and pulls from a bucket of %s, listings last',
    async (scheme) => {
      const buckets = createBuckets('bucket')
      const asked: string[] = []
      const model = scheme === 'gs' ? gcsModel(buckets) : s3Model(buckets)
      const serve = scheme === 'gs' ? serveGcs(gcsModel(buckets)) : serveS3(s3Model(buckets))
      const server = await startServer((request, response) => {
        asked.push(`${request.method} ${decodeURIComponent(request.url!)}`)
        serve(request, response)
      })
      try {
        const keys = scheme === 's3' ? '    access_key_id = a\n    secret_access_key = b\n' : ''
        const config = `[core]\n    remote = b\n['remote "b"']\n    url = ${scheme}://bucket/deep/er\n    endpointurl = ${server.url}\n${keys}`
        const repository = await project(config)
        await writeFiles(repository.root, { 'data/a': 'a', 'data/b': 'b', 'data/ü': '' })
        const [added] = await addPaths(repository, ['data'], repository.root)
        expect(await pushData(repository, [], repository.root)).toMatchObject({ objects: 4 })
        const { md5 } = added!.hash
        const key = `deep/er/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`
        expect([...model.bucket('bucket')!.keys()].at(-1)).toBe(key)
        const copy = await clone(repository)
        await pullData(copy, [], copy.root)
        expect(await states(copy)).toEqual(['up to date'])
        requirePushed(await dataCloudStatus(copy, [], copy.root))
        expect(await pushData(copy, [], copy.root)).toMatchObject({ objects: 0 })
      } finally {
        await server.close()
      }
    },
  )
})

describe("the original's repository", () => {
  const config = `[core]
    remote = myremote
['remote "gcsremote"']
    url = gs://mlops-project-484413-dvc/dvcstore
['remote "gdrive_remote"']
    url = gdrive://1aBcD
    gdrive_client_id = ''
    gdrive_client_secret = ''
['remote "myremote"']
    url = gs://mlops-project-484413-dvc
`
  const pointer = `outs:
- md5: 14ef650e08a55ccd88a80e6dd53a9eab.dir
  size: 220087683
  nfiles: 5
  hash: md5
  path: processed
`
  it('is asked for by exactly the right name', async () => {
    const asked: string[] = []
    const serve = serveGcs(gcsModel(createBuckets('mlops-project-484413-dvc')))
    const server: TestServer = await startServer((request, response) => {
      asked.push(request.url!)
      serve(request, response)
    })
    try {
      const repository = await project(config, { STORAGE_EMULATOR_HOST: server.url })
      await writeFiles(repository.root, { 'data/processed.dvc': pointer })
      await expect(fetchData(repository, [], repository.root)).rejects.toMatchObject({
        code: 'DVC_OBJECT_MISSING',
        data: { objects: ['14ef650e08a55ccd88a80e6dd53a9eab.dir'] },
      })
      const paths = new Set(asked.map((url) => new URL(url, server.url).pathname))
      expect([...paths]).toEqual([
        '/storage/v1/b/mlops-project-484413-dvc/o/files%2Fmd5%2F14%2Fef650e08a55ccd88a80e6dd53a9eab.dir',
      ])
    } finally {
      await server.close()
    }
  })
})
