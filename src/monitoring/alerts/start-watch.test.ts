import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertsOf, checkAt } from '../../../test/support/alert-store-contract.ts'
import { systemClock } from '../../core/index.ts'
import { openAlertStore } from './open-alert-store.ts'
import { startWatch } from './start-watch.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-watch-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('startWatch', () => {
  async function watcher(name: string, holder: string, fail = () => false) {
    const store = await openAlertStore({ path: join(folder, name) })
    const config = alertsOf({})
    const warnings: string[] = []
    const watch = startWatch({
      ...{ store, holder, periodMs: 200, retentionMs: null, clock: systemClock },
      check: async () => {
        if (fail()) throw new Error('no route to host')
        const check = checkAt(systemClock.now())
        const told = await store.record({ check, judged: new Map() }, config, systemClock.now())
        return { check, told }
      },
      deliver: async () => {},
      logger: { info: () => {}, warn: (text) => warnings.push(text) },
    })
    const stop = async () => {
      await watch.stop()
      await store.close()
    }
    return { store, watch, warnings, stop }
  }

  it('lets one of several check, and another when it ends', async () => {
    const [a, b] = [await watcher('two.db', 'a'), await watcher('two.db', 'b')]
    await expect.poll(() => a.watch.counts().checks, { timeout: 5000 }).toBeGreaterThan(2)
    expect([a.watch.counts().leads, b.watch.counts()]).toEqual([
      ...[true, { leads: false, checks: 0, failures: 0 }],
    ])
    const made = a.watch.counts().checks
    await a.stop()
    await expect.poll(() => b.watch.counts().checks, { timeout: 5000 }).toBeGreaterThan(1)
    const times = (await b.store.checks({ last: 100 }))
      .map(({ time }) => Date.parse(time))
      .reverse()
    expect(times.length).toBeGreaterThan(made)
    // not sooner after each other than the period, whoever checked
    const gaps = times.slice(1).map((time, at) => time - times[at]!)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(195)
    await b.stop()
  })

  it('says once what keeps it from checking, and goes on when it can', async () => {
    let isAway = true
    const { watch, warnings, stop } = await watcher('away.db', 'a', () => isAway)
    await expect.poll(() => watch.counts().failures, { timeout: 5000 }).toBeGreaterThan(2)
    expect(warnings).toEqual(['the check failed: no route to host'])
    isAway = false
    await expect.poll(() => watch.counts().checks, { timeout: 5000 }).toBeGreaterThan(0)
    const { checks } = watch.counts()
    await stop()
    await sleep(300)
    expect(watch.counts().checks).toBe(checks)
  })
})
