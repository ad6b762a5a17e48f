/** What every registry must do, whatever database it is on. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { WebhookConfig } from '../../src/contracts/index.ts'
import { createRandom, sha256 } from '../../src/core/index.ts'
import { folderArtifactStore, openRegistry, type Registry } from '../../src/registry/index.ts'
import { exampleLineage, exampleVerdict, exampleVersion } from './model-example.ts'
import { FULL } from './only-in-full.ts'

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
  const openAt = async (place: Place, folder: string, webhooks: readonly WebhookConfig[] = []) => {
    const store = folderArtifactStore(folder)
    const registry = await openRegistry(place, { store, clock, webhooks })
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

  describe('promote and rollback', () => {
    const promotion = async (
      registry: Registry,
      version: number,
      {
        right = 16,
        ...change
      }: Partial<Parameters<Registry['promote']>[0]> & { right?: number } = {},
    ) => {
      const { versions, aliases } = await registry.model('classifier')
      const at = aliases.find(({ alias }) => alias === 'production')
      const find = (number: number | undefined) => versions.find((v) => v.version === number)
      const verdict = exampleVerdict(find(version)!, find(at?.version) ?? null, { right })
      const expected = (await registry.aliasRevision('classifier', 'production')) ?? 0
      return { ...point('production', version), expected, verdict, ...change }
    }
    const promote = async (
      registry: Registry,
      ...rest: [number, Parameters<typeof promotion>[2]?]
    ) => registry.promote(await promotion(registry, ...rest))
    const back = (registry: Registry, expected?: number) =>
      registry.rollback({ name: 'classifier', alias: 'production', expected, actor: 'Ada' })

    it('keeps the verdict with the move', async () => {
      const registry = await withVersions(2)
      expect(await promote(registry, 1, { reason: 'first' })).toMatchObject({
        version: 1,
        previous: null,
      })
      expect(await promote(registry, 2)).toMatchObject({ version: 2, previous: 1, revision: 2 })
      const [last, first] = await registry.history({ alias: 'production' })
      expect(last).toMatchObject({ action: 'promoted', version: 2, previous: 1, reason: null })
      expect(first).toMatchObject({
        action: 'promoted',
        version: 1,
        previous: null,
        reason: 'first',
      })
      const verdict = await registry.verdict(last!.verdict!)
      expect(verdict).toMatchObject({
        passed: true,
        candidate: { version: 2 },
        current: { version: 1 },
      })
      expect((await registry.verify()).problems).toEqual([])
    })

    it('refuses what did not pass, on record, unless it is forced with a reason', async () => {
      const registry = await withVersions(2)
      await promote(registry, 1)
      await expect(promote(registry, 2, { right: 3 })).rejects.toMatchObject({
        code: 'GATE_REFUSED',
        message: expect.stringContaining('accuracy'),
      })
      expect((await registry.resolve('models:/classifier@production')).version).toBe(1)
      await expect(promote(registry, 2, { right: 3, force: true })).rejects.toMatchObject({
        code: 'USAGE',
      })
      const forced = await promote(registry, 2, { right: 3, force: true, reason: 'a must' })
      expect(forced).toMatchObject({ version: 2, revision: 2 })
      const [moved, refused] = await registry.history({ alias: 'production' })
      expect(moved).toMatchObject({
        action: 'promoted',
        reason: 'a must',
        verdict: refused!.verdict,
      })
      expect(refused).toMatchObject({ action: 'refused', version: 2, previous: 1 })
      expect((await registry.verify()).problems).toEqual([])
    })

    it('takes no verdict about anything else', async () => {
      const registry = await withVersions(3)
      const right = await promotion(registry, 2)
      const { verdict } = right
      const wrong = [
        { ...right, version: 3 },
        { ...right, alias: 'staging' },
        {
          ...right,
          verdict: { ...verdict, candidate: { ...verdict.candidate, sha256: '0'.repeat(64) } },
        },
      ]
      for (const given of wrong) {
        await expect(registry.promote(given)).rejects.toMatchObject({ code: 'GATE_REFUSED' })
      }
      await registry.setAlias(point('production', 1))
      await expect(registry.promote(right)).rejects.toMatchObject({ code: 'ALIAS_CONFLICT' })
      await expect(registry.promote({ ...right, expected: 1 })).rejects.toMatchObject({
        code: 'GATE_REFUSED',
      })
    })

    it('goes back step by step, and is history itself', async () => {
      const registry = await withVersions(3)
      for (const version of [1, 2, 3, 1]) await promote(registry, version)
      expect(await back(registry)).toMatchObject({ version: 3, previous: 2, revision: 5 })
      expect(await back(registry)).toMatchObject({ version: 2, previous: 1 })
      await promote(registry, 3)
      expect(await back(registry)).toMatchObject({ version: 2, previous: 1 })
      expect(await back(registry)).toMatchObject({ version: 1, previous: null, revision: 9 })
      await expect(back(registry)).rejects.toMatchObject({ code: 'ALIAS_NO_PREVIOUS' })
      const [last] = await registry.history({ alias: 'production' })
      expect(last).toMatchObject({ action: 'rolled_back', version: 1, previous: 2 })
      expect((await registry.verify()).problems).toEqual([])
    })

    it('brings back an alias that was taken away', async () => {
      const registry = await withVersions(3)
      const alias = { name: 'classifier', alias: 'production', actor: 'Ada' }
      await promote(registry, 1)
      await promote(registry, 2)
      await registry.removeAlias(alias)
      expect(await back(registry)).toMatchObject({ version: 2, previous: 1, revision: 4 })
      await registry.removeAlias(alias)
      await promote(registry, 3)
      expect(await back(registry)).toMatchObject({ version: 2, previous: 1 })
      await expect(registry.rollback({ ...alias, alias: 'unknown' })).rejects.toMatchObject({
        code: 'ALIAS_NO_PREVIOUS',
      })
      expect((await registry.verify()).problems).toEqual([])
    })

    it('goes back only from the revision that was expected', async () => {
      const registry = await withVersions(2)
      await promote(registry, 1)
      await promote(registry, 2)
      await expect(back(registry, 1)).rejects.toMatchObject({ code: 'ALIAS_CONFLICT' })
      expect(await back(registry, 2)).toMatchObject({ version: 1 })
    })
  })

  describe('history', () => {
    it('is chained: each entry holds the hash of the one before', async () => {
      const registry = await withVersions(3)
      await registry.setAlias(point('live', 2))
      const entries = (await registry.history({})).toReversed()
      expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
      expect(entries.map(({ prev_hash }) => prev_hash)).toEqual([
        '0'.repeat(64),
        ...entries.slice(0, -1).map(({ hash }) => hash),
      ])
      for (const { hash, ...entry } of entries) {
        const keys = Object.keys(entry).sort() as (keyof typeof entry)[]
        const canonical = `{${keys.map((key) => `"${key}":${JSON.stringify(entry[key])}`).join(',')}}`
        expect(hash).toBe(sha256(canonical))
      }
      expect(await registry.history({ name: 'classifier', limit: 1 })).toEqual([entries[3]])
      expect(await registry.history({ name: 'unknown' })).toEqual([])
    })

    it('tells where the aliases pointed at a time', async () => {
      const registry = await withVersions(3)
      for (const [minute, version] of [
        [1, 1],
        [2, 2],
        [3, 3],
      ] as const) {
        time = TIME + minute * 60_000
        await registry.setAlias(point('live', version))
      }
      await registry.setAlias(point('other', 1))
      time = TIME + 4 * 60_000
      await registry.rollback({ name: 'classifier', alias: 'live', actor: 'Bea' })
      await registry.removeAlias({ name: 'classifier', alias: 'other', actor: 'Bea' })
      const at = async (minutes: number) => {
        const past = await registry.at(new Date(TIME + minutes * 60_000).toISOString())
        return past.aliases.map(({ alias, version, actor }) => `${alias} ${version} ${actor}`)
      }
      expect(await at(-1)).toEqual([])
      expect(await at(0.5)).toEqual([])
      expect(await at(1)).toEqual(['live 1 Ada'])
      expect(await at(2.5)).toEqual(['live 2 Ada'])
      expect(await at(3)).toEqual(['live 3 Ada', 'other 1 Ada'])
      expect(await at(9)).toEqual(['live 2 Bea'])
    })

    it('stays in order when the clock steps back', async () => {
      const registry = await withVersions(3)
      time = TIME + 3600_000
      await registry.setAlias(point('live', 1))
      time = TIME
      await registry.setAlias(point('live', 2))
      time = TIME + 60_000
      await registry.setAlias(point('live', 3))
      const [last, before] = await registry.history({ alias: 'live' })
      expect([last!.version, before!.version]).toEqual([3, 2])
      expect(
        await registry.rollback({ name: 'classifier', alias: 'live', actor: 'Ada' }),
      ).toMatchObject({
        version: 2,
      })
      const past = await registry.at(new Date(TIME + 30_000).toISOString())
      expect(past.aliases).toMatchObject([{ alias: 'live', version: 2 }])
      expect((await registry.verify()).problems).toEqual([])
    })
  })

  describe('verify', () => {
    const TAMPERED = [
      ["update registry_history set actor = 'Eve' where sequence = 3", ['entry 3 was changed']],
      [
        "update registry_history set time = '2026-01-01T00:00:00.000Z' where sequence = 4",
        ['entry 4 was changed'],
      ],
      [
        'delete from registry_history where sequence = 2',
        ['entry 2 is missing', 'classifier/2 was never registered'],
      ],
      [
        'delete from registry_history where sequence = 6',
        ['entry 6 is missing', 'classifier@live points to'],
      ],
      [
        'delete from registry_history where sequence > 4',
        [
          'entry 5 and the 1 after it are missing',
          'classifier@live points to version 3 at revision 2, the history says version 2 at revision 1',
          'classifier@production points to',
        ],
      ],
      [
        "update registry_history set hash = prev_hash || '' where sequence = 1",
        ['entry 1 was changed', 'entry 2 does not follow'],
      ],
      [`update registry_head set hash = '${'1'.repeat(64)}'`, ['entry 6 is not where']],
      [
        "update registry_aliases set version = 1 where alias = 'live'",
        ['classifier@live points to version 1 at revision 2, the history says version 3'],
      ],
      [
        "update registry_aliases set previous = null where alias = 'live'",
        ['classifier@live points to'],
      ],
      [
        "update registry_versions set actor = 'Eve' where version = 2",
        ['classifier/2 was changed'],
      ],
      [
        "update registry_versions set lineage = replace(lineage, '0.91', '0.99') where version = 1",
        ['classifier/1 was changed'],
      ],
      [
        "update registry_versions set lineage = '{' where version = 1",
        ['classifier/1 was changed'],
      ],
      [
        "update registry_versions set description = 'better' where version = 1",
        ['classifier/1 has another description'],
      ],
      [
        "update registry_versions set sha256 = '../../etc/passwd' where version = 1",
        ['classifier/1 was changed', 'classifier/1 The registry holds no SHA-256'],
      ],
      [
        "update registry_verdicts set verdict = replace(verdict, '0.8', '0.9')",
        ['entry 5 has a verdict that was changed'],
      ],
      ['delete from registry_verdicts', ['entry 5 has a verdict that is missing']],
    ] as const

    const tamperable = async () => {
      const [place, folder] = [await harness().fresh(), newFolder()]
      const registry = await openAt(place, folder)
      for (let n = 1; n <= 3; n++) await registry.register(exampleVersion(`model ${n}`))
      await registry.setAlias(point('live', 2))
      const version = await registry.version({ name: 'classifier', version: 2 })
      await registry.promote({
        ...point('production', 2, 0),
        expected: 0,
        verdict: exampleVerdict(version, null),
      })
      await registry.setAlias(point('live', 3))
      return { place, folder, registry }
    }

    it('finds nothing wrong where nothing is', async () => {
      const { registry } = await tamperable()
      const seen: string[] = []
      const result = await registry.verify({
        onFile: (done, total) => seen.push(`${done}/${total}`),
      })
      const [last] = await registry.history({ limit: 1 })
      expect(result).toEqual({
        ...{ entries: 6, versions: 3, files: 3, problems: [] },
        head: { sequence: 6, hash: last!.hash },
      })
      expect(seen).toEqual(['1/3', '2/3', '3/3'])
    })

    it.each(TAMPERED)('says what is wrong after: %s', async (sql, wanted) => {
      const { place, registry } = await tamperable()
      await harness().execute(place, sql)
      const { problems } = await registry.verify()
      const found = problems.map(({ where, what }) => `${where} ${what}`)
      expect(found).toHaveLength(wanted.length)
      for (const [at, text] of wanted.entries()) expect(found[at]).toContain(text)
    })

    it('misses a file that is gone, and reads no bytes that are others', async () => {
      const { folder, registry } = await tamperable()
      const path = (text: string) => join(folder, 'sha256', sha256(text).slice(0, 2), sha256(text))
      chmodSync(path('model 1'), 0o644)
      writeFileSync(path('model 1'), 'other 1')
      rmSync(path('model 2'))
      const { problems } = await registry.verify()
      expect(problems.map(({ where, what }) => `${where} ${what}`)).toEqual([
        expect.stringMatching(/^classifier\/1 .* holds other bytes/),
        expect.stringMatching(/^classifier\/2 .* is missing/),
      ])
      for (const text of ['model 1', 'model 2']) {
        await expect(registry.read(sha256(text))).rejects.toMatchObject({ code: 'MODEL_DAMAGED' })
      }
      // the same bytes again mend it
      await registry.register(exampleVersion('model 1'))
      await registry.register(exampleVersion('model 2'))
      expect((await registry.verify()).problems).toEqual([])
    })

    it('finds a head that was noted elsewhere, or says that it is gone', async () => {
      const { place, registry } = await tamperable()
      const { head } = await registry.verify()
      await registry.setAlias(point('live', 1))
      const short = { ...head, hash: head.hash.slice(0, 12) }
      expect((await registry.verify({ anchor: short })).problems).toEqual([])
      const other = await registry.verify({ anchor: { ...head, hash: 'f'.repeat(12) } })
      expect(other.problems).toEqual([{ where: 'entry 6', what: 'is not the one that was noted' }])
      // whoever owns the database can write a shorter history that fits itself
      const [, last, first] = await registry.history({ limit: 3 })
      await harness().execute(place, 'delete from registry_history where sequence > 5')
      await harness().execute(
        place,
        `update registry_head set sequence = 5, hash = '${first!.hash}'`,
      )
      await harness().execute(
        place,
        "update registry_aliases set version = 2, previous = null, revision = 1 where alias = 'live'",
      )
      expect((await registry.verify()).problems).toEqual([])
      expect((await registry.verify({ anchor: last! })).problems).toEqual([
        { where: 'entry 6', what: 'was noted and is missing' },
      ])
    })
  })

  describe('deliver', () => {
    const servers: Server[] = []
    afterEach(() => {
      for (const server of servers.splice(0)) server.close()
    })
    const patience = (attempts: number, timeoutMs: number) => ({
      ...{ env: { HOOK_SECRET: 'a secret of many letters' }, attempts, timeoutMs },
    })
    /** Two processes at one registry in which an event waits for a receiver. */
    async function withEvent(receive: RequestListener) {
      const server = createServer(receive).listen(0, '127.0.0.1')
      servers.push(server)
      await once(server, 'listening')
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      const hook = { url, events: ['model.registered' as const], secret_env: 'HOOK_SECRET' }
      const [place, folder] = [await harness().fresh(), newFolder()]
      const openAgain = () => openAt(place, folder, [{ ...hook, allow_private: true }])
      const [one, other] = [await openAgain(), await openAgain()]
      await one.register(exampleVersion('model 1'))
      return { server, place, one, other }
    }

    it('does not send what another holds, though that one has more patience', async () => {
      const waiting: ServerResponse[] = []
      const { server, one, other } = await withEvent((_, response) => waiting.push(response))
      const asked = once(server, 'request')
      const first = one.deliver(patience(8, 10_000))
      await asked
      // it would send it, wait for an answer, and give up
      expect(await other.deliver(patience(1, 300))).toEqual([])
      for (const response of waiting) response.end()
      expect(await first).toMatchObject([{ state: 'delivered', attempts: 1 }])
      expect(waiting).toHaveLength(1)
    })

    it('takes for free what is held for longer than any can be: the clock was wrong', async () => {
      const { place, other } = await withEvent((_, response) => response.end())
      const held = (hours: number) => {
        const until = TIME + hours * 3_600_000
        return harness().execute(place, `update registry_deliveries set held = ${until}`)
      }
      await held(1)
      expect(await other.deliver(patience(1, 1000))).toEqual([])
      await held(3)
      expect(await other.deliver(patience(1, 1000))).toMatchObject([{ state: 'delivered' }])
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

  describe('a process that is killed', () => {
    /** Whatever the moment was: no gap, no loose end, and work can go on. */
    const expectWhole = async (place: Place, folder: string) => {
      const registry = await openAt(place, folder)
      expect((await registry.verify()).problems).toEqual([])
      const { versions } = await registry.model('classifier')
      const numbers = versions.map(({ version }) => version)
      expect(numbers).toEqual(numbers.map((_, at) => numbers.length - at))
      const entries = await registry.history({})
      const told = ['registered', 'rolled_back', 'aliased']
      expect((await registry.undelivered()).map(({ sequence }) => sequence)).toEqual(
        entries
          .filter(({ action, actor }) => told.includes(action) && actor !== 'Ada')
          .map(({ sequence }) => sequence)
          .reverse(),
      )
      await registry.register(exampleVersion('goes on'))
      await registry.setAlias(point('staging', versions.length + 1))
      expect((await registry.verify()).problems).toEqual([])
      return { entries, versions }
    }

    const STEPS = [
      ['before the file', 2],
      ['after the file', 2],
      ['in the transaction', 2],
      ['before the events', 2],
      ['after the transaction', 3],
    ] as const
    it.each(STEPS)('%s of a registration leaves it whole', async (killAt, count) => {
      const [place, folder] = [await harness().fresh(), newFolder()]
      const registry = await openAt(place, folder)
      for (let n = 1; n <= 2; n++) await registry.register(exampleVersion(`model ${n}`))
      const died = work({ place, folder, task: 'die', name: 'w', rounds: 1, killAt })
      await expect(died).rejects.toThrow('ended with null')
      expect((await expectWhole(place, folder)).versions).toHaveLength(count)
    })

    it.each(STEPS.slice(2))('%s of a move leaves it whole', async (killAt, count) => {
      const [place, folder] = [await harness().fresh(), newFolder()]
      const registry = await openAt(place, folder)
      for (let n = 1; n <= 2; n++) await registry.register(exampleVersion(`model ${n}`))
      await registry.setAlias(point('staging', 1))
      const died = work({ place, folder, task: 'move', name: 'w', rounds: 1, killAt })
      await expect(died).rejects.toThrow('ended with null')
      const { version, revision } = await registry.resolve('models:/classifier@staging')
      expect([version, revision]).toEqual(count === 3 ? [2, 2] : [1, 1])
      await expectWhole(place, folder)
    })

    const KILLS = FULL ? 15 : 2
    it(`at any moment, ${KILLS} times, leaves it whole`, async () => {
      const [place, folder] = [await harness().fresh(), newFolder()]
      const random = createRandom(20261123, 'bootstrap')
      for (let kill = 0; kill < KILLS; kill++) {
        const { child, ended } = start({ place, folder, task: 'busy', name: `w${kill}`, rounds: 2 })
        await Promise.race([new Promise((ready) => child.stdout!.once('data', ready)), ended])
        await sleep(150 * random.uniform())
        child.kill('SIGKILL')
        expect((await ended).code).toBe(null)
      }
      const { versions } = await expectWhole(place, folder)
      expect(versions.length).toBeGreaterThan(KILLS)
    }, 120_000)
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
async function work(job: object): Promise<unknown[]> {
  const { code, out, err } = await start(job).ended
  if (code !== 0) throw new Error(`ended with ${code}: ${err}`)
  return JSON.parse(out)
}

function start(job: object) {
  const script = join(import.meta.dirname, 'registry-worker.mjs')
  const words = [script, JSON.stringify({ ...job, lineage: exampleLineage() })]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()))
  const ended = new Promise<{ code: number | null; out: string; err: string }>((done) => {
    child.on('close', (code) => done({ code, ...texts }))
  })
  return { child, ended }
}
