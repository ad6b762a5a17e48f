/** What every registry must do, whatever database it is on. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/core/index.ts'
import { folderArtifactStore, openRegistry, type Registry } from '../../src/registry/index.ts'
import { exampleLineage, exampleVersion } from './model-example.ts'

type Place = Parameters<typeof openRegistry>[0]

export interface RegistryHarness {
  /** An empty place for a database. */
  fresh(): Promise<Place>
  /** Runs SQL behind the registry's back. */
  execute(place: Place, sql: string): Promise<void>
}

const TIME = Date.UTC(2026, 10, 23, 5)

export function describeRegistry(harness: () => RegistryHarness): void {
  const open: Registry[] = []
  const folders: string[] = []
  let time = TIME
  const clock = { now: () => time, monotonic: () => time }
  afterEach(async () => {
    time = TIME
    for (const registry of open.splice(0)) await registry.close()
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })
  const newFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), 'atelier-registry-'))
    folders.push(folder)
    return folder
  }
  const openAt = async (place: Place, folder: string) => {
    const registry = await openRegistry(place, { store: folderArtifactStore(folder), clock })
    open.push(registry)
    return registry
  }
  const fresh = async () => openAt(await harness().fresh(), newFolder())
  /** A model with so many versions, whose bytes are `model 1`, `model 2` … */
  const withVersions = async (count: number) => {
    const registry = await fresh()
    for (let n = 1; n <= count; n++) await registry.register(exampleVersion(`model ${n}`))
    return registry
  }
  const point = (alias: string, version: number, expected?: number) => ({
    ...{ name: 'classifier', alias, version, expected, actor: 'Ada' },
  })

  describe('register', () => {
    it('numbers the versions of each name, and gives back what was registered', async () => {
      const registry = await fresh()
      const given = exampleVersion('one', { description: ' Größe\nzwei ', tags: ['b', 'a', 'b'] })
      const first = await registry.register(given)
      expect(first).toEqual({
        isNew: true,
        version: {
          name: 'classifier',
          version: 1,
          created: '2026-11-23T05:00:00.000Z',
          actor: 'Ada',
          sha256: sha256('one'),
          bytes: 3,
          description: 'Größe\nzwei',
          tags: ['a', 'b'],
          lineage: given.lineage,
        },
      })
      await registry.register(exampleVersion('one', { name: 'other' }))
      await registry.register(exampleVersion('two'))
      const models = await registry.list()
      expect(models.map(({ name, versions }) => [name, versions.map((v) => v.version)])).toEqual([
        ['classifier', [2, 1]],
        ['other', [1]],
      ])
      expect(await registry.version({ name: 'classifier', version: 1 })).toEqual(first.version)
      expect(Buffer.from(await registry.read(sha256('one'))).toString()).toBe('one')
    })

    it('gives back the version that has these bytes already', async () => {
      const registry = await withVersions(2)
      const again = await registry.register(exampleVersion('model 1', { description: 'again' }))
      expect(again).toMatchObject({ isNew: false, version: { version: 1, description: '' } })
      expect((await registry.register(exampleVersion('three'))).version.version).toBe(3)
      expect(await registry.history({})).toHaveLength(3)
    })

    it('changes description and tags, and nothing else', async () => {
      const registry = await withVersions(1)
      const before = await registry.version({ name: 'classifier' })
      const change = { name: 'classifier', version: 1, actor: 'Bea' }
      await registry.describe({ ...change, tags: ['best'] })
      await registry.describe({ ...change, tags: ['best'] })
      const after = await registry.describe({ ...change, description: 'Good.' })
      expect(after).toEqual({ ...before, description: 'Good.', tags: ['best'] })
      expect(await registry.version({ name: 'classifier' })).toEqual(after)
      const actions = (await registry.history({})).map(({ action, actor }) => `${actor} ${action}`)
      expect(actions).toEqual(['Bea described', 'Bea described', 'Ada registered'])
    })

    it.each([
      ['name', { name: '../up' }],
      ['actor', { actor: 'two\nlines' }],
      ['tag', { tags: ['<b>'] }],
      ['description', { description: 'bell \u0007' }],
      ['description', { description: 'half \ud83d' }],
    ])('refuses a malformed %s and keeps no file for it', async (_what, change) => {
      const folder = newFolder()
      const registry = await openAt(await harness().fresh(), folder)
      await expect(registry.register(exampleVersion('one', change))).rejects.toMatchObject({
        code: 'REGISTRY_NAME_INVALID',
      })
      expect(await registry.list()).toEqual([])
      expect(
        await folderArtifactStore(folder).exists(
          `sha256/${sha256('one').slice(0, 2)}/${sha256('one')}`,
        ),
      ).toBe(false)
    })
  })

  describe('resolve', () => {
    it('reads a number, an alias, and neither as the newest', async () => {
      const registry = await withVersions(3)
      await registry.setAlias(point('production', 2))
      const resolved = async (uri: string) => {
        const { version, alias, revision, sha256: digest, bytes } = await registry.resolve(uri)
        expect([digest, bytes]).toEqual([sha256(`model ${version}`), 7])
        return [version, alias, revision]
      }
      expect(await resolved('models:/classifier')).toEqual([3, null, null])
      expect(await resolved('models:/classifier/1')).toEqual([1, null, null])
      expect(await resolved('models:/classifier@production')).toEqual([2, 'production', 1])
      expect(await registry.aliasRevision('classifier', 'production')).toBe(1)
      expect(await registry.aliasRevision('classifier', 'staging')).toBeUndefined()
      expect(await registry.aliasRevision('unknown', 'staging')).toBeUndefined()
    })

    it.each([
      ['models:/clasifier', /No model[\s\S]*Did you mean 'classifier'/],
      ['models:/classifier/4', /no version 4[\s\S]*1 to 3/],
      ['models:/classifier@staging', /no alias 'staging'[\s\S]*production/],
    ])('says of %s what there is instead', async (uri, text) => {
      const registry = await withVersions(3)
      await registry.setAlias(point('production', 2))
      const error = await registry.resolve(uri).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND' })
      const { message, hint } = error as { message: string; hint: string }
      expect(`${message} ${hint}`).toMatch(text)
    })
  })

  describe('aliases', () => {
    it('move only from the revision that was expected', async () => {
      const registry = await withVersions(3)
      expect(await registry.setAlias(point('live', 1, 0))).toEqual({
        ...{ alias: 'live', version: 1, previous: null, revision: 1 },
        ...{ updated: '2026-11-23T05:00:00.000Z', actor: 'Ada' },
      })
      await expect(registry.setAlias(point('live', 2, 0))).rejects.toMatchObject({
        code: 'ALIAS_CONFLICT',
        data: { name: 'classifier', alias: 'live', expected: 0, revision: 1 },
      })
      expect(await registry.setAlias(point('live', 2, 1))).toMatchObject({
        version: 2,
        revision: 2,
      })
      expect(await registry.setAlias(point('live', 3))).toMatchObject({ version: 3, revision: 3 })
      // nothing moves, so nothing is written
      expect(await registry.setAlias(point('live', 3))).toMatchObject({ revision: 3 })
      await expect(registry.setAlias(point('live', 4))).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
      })
      expect(await registry.history({ alias: 'live' })).toHaveLength(3)
    })

    it('are of one model each', async () => {
      const registry = await withVersions(2)
      await registry.register(exampleVersion('x', { name: 'other' }))
      await registry.setAlias(point('live', 2))
      await registry.setAlias({ ...point('live', 1), name: 'other' })
      expect((await registry.resolve('models:/other@live')).version).toBe(1)
      expect((await registry.resolve('models:/classifier@live')).version).toBe(2)
    })

    it('never have a revision twice, even when taken away and set again', async () => {
      const registry = await withVersions(2)
      await registry.setAlias(point('live', 1))
      await registry.removeAlias({ name: 'classifier', alias: 'live', actor: 'Ada' })
      expect(await registry.aliasRevision('classifier', 'live')).toBeUndefined()
      await expect(registry.resolve('models:/classifier@live')).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
      })
      expect((await registry.model('classifier')).aliases).toEqual([])
      await expect(
        registry.removeAlias({ name: 'classifier', alias: 'live', actor: 'Ada' }),
      ).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
      expect(await registry.setAlias(point('live', 2))).toMatchObject({ revision: 3, previous: 1 })
    })
  })

  describe('several processes', () => {
    it('register at once: each version its number, none left out', async () => {
      const [place, folder] = [await harness().fresh(), newFolder()]
      const [workers, rounds] = [5, 10]
      await Promise.all(
        Array.from({ length: workers }, (_, at) =>
          work({ place, folder, task: 'register', name: `w${at}`, rounds }),
        ),
      )
      const registry = await openAt(place, folder)
      const { versions } = await registry.model('classifier')
      expect(versions.map(({ version }) => version)).toEqual(
        Array.from({ length: workers * rounds }, (_, at) => workers * rounds - at),
      )
      const history = await registry.history({})
      expect(history.map(({ sequence }) => sequence)).toEqual(versions.map((v) => v.version))
    }, 60_000)

    it('move one alias 50 times at once: one wins each revision', async () => {
      const [place, folder] = [await harness().fresh(), newFolder()]
      const registry = await openAt(place, folder)
      for (let n = 1; n <= 11; n++) await registry.register(exampleVersion(`model ${n}`))
      await registry.setAlias(point('production', 11))
      const results = await Promise.all(
        Array.from({ length: 5 }, (_, at) =>
          work({ place, folder, task: 'race', name: `w${at}`, rounds: 10, expected: 1 }),
        ),
      )
      const outcomes = results.flat()
      expect(outcomes).toHaveLength(50)
      expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'ALIAS_CONFLICT')).toHaveLength(49)
      expect(await registry.aliasRevision('classifier', 'production')).toBe(2)
      expect(await registry.history({ alias: 'production' })).toHaveLength(2)
    }, 60_000)
  })

  describe('opening', () => {
    it('refuses tables of a later version', async () => {
      const [place, folder] = [await harness().fresh(), newFolder()]
      await openAt(place, folder)
      await harness().execute(
        place,
        "insert into registry_schema (version, applied) values (99, '')",
      )
      await expect(openAt(place, folder)).rejects.toMatchObject({ code: 'STORE_TOO_NEW' })
    })
  })
}

/** Runs `registry-worker.mjs`; gives what it printed, as JSON. */
function work(job: object): Promise<unknown[]> {
  const script = join(import.meta.dirname, 'registry-worker.mjs')
  const child = spawn(
    process.execPath,
    [script, JSON.stringify({ ...job, lineage: exampleLineage() })],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const texts = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()))
  return new Promise((done, fail) => {
    child.on('close', (code) =>
      code === 0
        ? done(JSON.parse(texts.out))
        : fail(new Error(`ended with ${code}: ${texts.err}`)),
    )
  })
}
