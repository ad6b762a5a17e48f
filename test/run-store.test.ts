/** The contract of the store of runs on both databases; PostgreSQL with ATELIER_TEST=full. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSqliteFile } from '../src/storage/sqlite-library.ts'
import { openRunStore } from '../src/tracking/index.ts'
import { describeOnPostgres } from './support/on-postgres.ts'
import { execute, freePort } from './support/postgres-server.ts'
import { describeRunStore } from './support/run-store-contract.ts'
import { runEntry } from './support/store-example.ts'

let folder = ''
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-store-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('openRunStore on SQLite', () => {
  describeRunStore(() => ({
    fresh: async () => ({ path: join(folder, `new ${++count}`, 'atelier.db') }),
    async execute({ path }, sql) {
      const database = await openSqliteFile(path)
      database.prepare(sql).run()
      database.close()
    },
  }))

  it('waits for another that writes, without blocking its own program', async () => {
    const path = join(folder, 'held.db')
    const store = await openRunStore({ path })
    const other = await openSqliteFile(path)
    other.prepare('begin immediate').run()
    let ticks = 0
    const timer = setInterval(() => ticks++, 20)
    let done = false
    const put = store.put(runEntry('a', 1)).then(() => {
      done = true
    })
    await sleep(600)
    expect([done, ticks > 3]).toEqual([false, true])
    expect(other.prepare('select count(*) as runs from runs').all()[0]).toEqual({ runs: 0 })
    other.prepare('commit').run()
    await put
    clearInterval(timer)
    other.close()
    expect((await store.get('a'))?.record.id).toBe('a')
    await store.close()
  })

  it('says what is wrong with the file', async () => {
    const garbage = join(folder, 'garbage.db')
    writeFileSync(garbage, 'not a database, but long enough to be read as one. '.repeat(100))
    await expect(openRunStore({ path: garbage })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      hint: expect.stringContaining('atelier runs reindex'),
    })
    const directory = join(folder, 'directory.db')
    mkdirSync(directory)
    await expect(openRunStore({ path: directory })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    await expect(openRunStore({ path: join(garbage, 'a.db') })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
  })
})

describeOnPostgres('openRunStore', (createDatabase) => {
  describeRunStore(() => ({
    fresh: async () => ({ url: await createDatabase(), path: '' }),
    execute: ({ url }, sql) => execute(url!, sql),
  }))

  it('says that the server cannot be reached, without the password', async () => {
    const url = `postgres://atelier:secret@127.0.0.1:${await freePort()}/runs`
    const error = await openRunStore({ url, path: '' }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(JSON.stringify([String(error), error])).not.toContain('secret')
  })

  it('says that user or password are refused', async () => {
    const url = (await createDatabase()).replace('secret', 'wrong')
    await expect(openRunStore({ url, path: '' })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
  })

  it('says that there is no such database', async () => {
    const url = (await createDatabase()).replace(/[^/]*$/, 'nowhere')
    await expect(openRunStore({ url, path: '' })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
  })
})
