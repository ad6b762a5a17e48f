/** Checks, alerts and their deliveries on both databases; PostgreSQL with ATELIER_TEST=full. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendMail, sendRequest } from '../src/delivery/index.ts'
import { openAlertStore } from '../src/monitoring/index.ts'
import { alertsOf, checkAt, describeAlertStore } from './support/alert-store-contract.ts'
import { describeOnPostgres } from './support/on-postgres.ts'

let folder = ''
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-alerts-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('openAlertStore on SQLite', () => {
  describeAlertStore(async () => {
    const path = join(folder, `${++count}.db`)
    return () => openAlertStore({ path })
  })
})

describeOnPostgres('openAlertStore', (createDatabase) => {
  describeAlertStore(async () => {
    const url = await createDatabase()
    return () => openAlertStore({ url, path: '' })
  })
})

describe('a process that is killed while it tells of an alert', () => {
  it('leaves the alert to the next one, which tells it with the same id', async () => {
    const ids: unknown[] = []
    let isDeaf = true
    const server = createServer((request, response) => {
      ids.push(request.headers['x-atelier-delivery'])
      request.resume()
      if (!isDeaf) response.end('ok')
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const path = join(folder, 'killed.db')
    const config = alertsOf({ team: url })
    const env = { HOOK_SECRET: 'a secret of many letters' }
    const job = JSON.stringify({ path, config, check: checkAt(Date.now()), env })
    const worker = join(import.meta.dirname, 'support/alert-worker.mjs')
    const child = spawn(process.execPath, [worker, job], { stdio: ['ignore', 'ignore', 'inherit'] })
    const ended = once(child, 'exit')
    await expect.poll(() => ids.length, { timeout: 20_000 }).toBe(1)
    child.kill('SIGKILL')
    await ended
    isDeaf = false
    const store = await openAlertStore({ path })
    const random = { uniform: () => 0 }
    const deliverAt = (now: number) =>
      store.deliver(config, {
        ...{ env, sendRequest, sendMail, random, timeoutMs: 1000, attempts: 1 },
        clock: { now: () => now, monotonic: () => now },
      })
    // while the other could still be at it, it is not sent twice
    expect(await deliverAt(Date.now() + 1000)).toEqual([])
    expect(await deliverAt(Date.now() + 120_000)).toMatchObject([{ state: 'delivered' }])
    expect(ids).toEqual([ids[0], ids[0]])
    expect(await store.deliveries()).toEqual({ pending: 0, delivered: 1, failed: 0 })
    await store.close()
    server.closeAllConnections()
    server.close()
  })
})
