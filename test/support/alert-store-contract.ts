import { afterEach, expect, it } from 'vitest'
import { type AlertsConfig, alertsSchema, type DriftCheck } from '../../src/contracts/index.ts'
import { sendMail, sendRequest } from '../../src/delivery/index.ts'
import type { AlertStore } from '../../src/monitoring/index.ts'
import { httpReceiver } from './alert-receivers.ts'

const NOW = Date.UTC(2026, 10, 25)
const MINUTE = 60_000
const SECRET = 'a secret of many letters'

export function checkAt(time: number): DriftCheck {
  return {
    ...{ time: new Date(time).toISOString(), verdict: 'ok', reason: 'Nothing moved.', p: 1 },
    model: { name: 'garments', version: 3, sha256: 'ab' },
    ...{ rows: 500, first: null, last: null, effects: [], live: null, failure: null },
  }
}

/** One rule, and a webhook for each address. */
export function alertsOf(urls: Readonly<Record<string, string>>): AlertsConfig {
  const route = (url: string) => ({
    ...{ type: 'webhook', url, secret_env: 'HOOK_SECRET', allow_private: true },
  })
  return alertsSchema.parse({
    ...{ after: 2, clear: 2, repeat_hours: 1 },
    rules: { quiet: { signal: 'silence', above: 5, severity: 'critical' } },
    routes: Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, route(url)])),
  })
}

/** What every database of checks and alerts does; each `open` gives another one on the same tables. */
export function describeAlertStore(create: () => Promise<() => Promise<AlertStore>>): void {
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function setup() {
    const [hook, other] = [await httpReceiver(), await httpReceiver()]
    closing.push(hook.close, other.close)
    const open = await create()
    const opened = async () => {
      const store = await open()
      closing.push(store.close)
      return store
    }
    const config = alertsOf({ team: hook.url, log: other.url })
    return { hook, other, config, open: opened, store: await opened() }
  }

  const judged = (state: 'good' | 'bad' | 'unknown', value = 9) =>
    new Map([['quiet', { state, value, message: `no prediction for ${value} minutes` }]])
  const record = (
    store: AlertStore,
    config: AlertsConfig,
    state: 'good' | 'bad' | 'unknown',
    now: number,
  ) => store.record({ check: checkAt(now), judged: judged(state) }, config, now)
  const clockAt = (now: number) => ({ now: () => now, monotonic: () => now })
  const deliver = (
    store: AlertStore,
    config: AlertsConfig,
    now: number,
    attempts = 1,
    again = false,
  ) =>
    store.deliver(config, {
      ...{ env: { HOOK_SECRET: SECRET }, sendRequest, sendMail, clock: clockAt(now) },
      ...{ random: { uniform: () => 0 }, timeoutMs: 1000, attempts, again },
    })
  const kinds = (bodies: readonly { readonly body: string }[]) =>
    bodies.map(({ body }) => JSON.parse(body).kind)

  it('tells every route once that an alert fires, and once that it is over', async () => {
    const { store, config, hook, other } = await setup()
    const states = ['bad', 'bad', 'unknown', 'bad', 'good', 'good', 'good'] as const
    for (const [at, state] of states.entries()) {
      await record(store, config, state, NOW + at * MINUTE)
      await deliver(store, config, NOW + at * MINUTE)
    }
    expect(kinds(hook.received)).toEqual(['fired', 'resolved'])
    expect(kinds(other.received)).toEqual(['fired', 'resolved'])
    const [fired, resolved] = hook.received.map(({ body }) => JSON.parse(body))
    expect(fired).toMatchObject({
      rule: 'quiet',
      severity: 'critical',
      model: 'garments version 3',
    })
    expect(resolved.alert).toBe(fired.alert)
    const { alerts, events } = await store.alerts(config, 10)
    expect(alerts).toMatchObject([{ rule: 'quiet', status: 'ok', alert: null }])
    expect(events.map(({ kind }) => kind)).toEqual(['resolved', 'fired'])
    expect(events[0]!.deliveries).toMatchObject([
      { route: 'team', state: 'delivered', attempts: 1, outcome: 'HTTP 200' },
      { route: 'log', state: 'delivered' },
    ])
    expect(await store.deliveries()).toEqual({ pending: 0, delivered: 4, failed: 0 })
    expect(JSON.stringify(await store.alerts(config, 10))).not.toContain(SECRET)
  })

  it('keeps what cannot be delivered, in order, and tells the other routes meanwhile', async () => {
    const { store, config, hook, other, open } = await setup()
    hook.answer(503)
    for (const [at, state] of (['bad', 'bad', 'good', 'good'] as const).entries()) {
      await record(store, config, state, NOW + at)
    }
    await deliver(store, config, NOW + 10)
    expect([hook.received.length, kinds(other.received)]).toEqual([1, ['fired', 'resolved']])
    // not before its time
    await deliver(store, config, NOW + 5000)
    expect(hook.received.length).toBe(1)
    hook.answer(200)
    // as another process, whose memory holds nothing of it
    await deliver(await open(), config, NOW + 31_000)
    expect(kinds(hook.received)).toEqual(['fired', 'fired', 'resolved'])
    expect(new Set(hook.received.map(({ headers }) => headers['x-atelier-delivery'])).size).toBe(2)
  })

  it('sends once what several processes want to send', async () => {
    const { store, config, hook, open } = await setup()
    for (const at of [0, 1]) await record(store, config, 'bad', NOW + at)
    const stores = [store, await open(), await open()]
    await Promise.all(stores.map((each) => deliver(each, config, NOW + 10)))
    expect(kinds(hook.received)).toEqual(['fired'])
  })

  it('steps a rule once for every check, whoever makes it', async () => {
    const { store, config, open } = await setup()
    const stores = [store, await open(), await open(), await open()]
    const told = await Promise.all(stores.map((each, at) => record(each, config, 'bad', NOW + at)))
    expect(told.flat().map(({ kind }) => kind)).toEqual(['fired'])
    expect(await store.checks({ last: 10 })).toHaveLength(4)
  })

  it('reminds until somebody has seen it, and tells who', async () => {
    const { store, config, hook } = await setup()
    for (const at of [0, 1, 62]) await record(store, config, 'bad', NOW + at * MINUTE)
    const { alert } = (await store.alerts(config, 0)).alerts[0]!
    const seen = await store.acknowledge(alert!, 'Ada', config, NOW + 63 * MINUTE)
    expect(seen).toMatchObject({ status: 'firing', acknowledged: { by: 'Ada' } })
    expect(await store.acknowledge(alert!, 'Bea', config, NOW + 64 * MINUTE)).toEqual(seen)
    await record(store, config, 'bad', NOW + 200 * MINUTE)
    await deliver(store, config, NOW + 201 * MINUTE)
    expect(kinds(hook.received)).toEqual(['fired', 'reminded', 'acknowledged'])
    expect(JSON.parse(hook.received[2]!.body)).toMatchObject({ by: 'Ada', alert })
    await expect(store.acknowledge('other', 'Ada', config, NOW)).rejects.toMatchObject({
      code: 'ALERT_NOT_FOUND',
    })
  })

  it('ends an alert whose rule was taken away, and drops what goes to no route', async () => {
    const { store, config, hook } = await setup()
    for (const at of [0, 1]) await record(store, config, 'bad', NOW + at)
    const { team } = config.routes!
    const without = alertsSchema.parse({ ...config, rules: {}, routes: { team } })
    const told = await store.record({ check: checkAt(NOW), judged: new Map() }, without, NOW + 2)
    expect(told).toMatchObject([{ kind: 'resolved', message: 'there is no rule quiet any more' }])
    const tried = await deliver(store, without, NOW + 3)
    expect(kinds(hook.received)).toEqual(['fired', 'resolved'])
    expect(tried.find(({ route }) => route === 'log')).toMatchObject({
      ...{ state: 'failed', outcome: 'there is no route log any more' },
    })
  })

  it('gives up after three days', async () => {
    const { store, config, hook } = await setup()
    hook.answer(500)
    for (const at of [0, 1]) await record(store, config, 'bad', NOW + at)
    await deliver(store, config, NOW + 2)
    const tried = await deliver(store, config, NOW + 3 * 86_400_000 + 10)
    expect(tried).toMatchObject([{ state: 'failed', outcome: 'given up: HTTP 500', attempts: 2 }])
  })

  it('lists what did not arrive, and sends it again with the same id when asked', async () => {
    const { store, config, hook, other, open } = await setup()
    hook.answer(404)
    other.answer(503)
    for (const [at, state] of (['bad', 'bad', 'good', 'good'] as const).entries()) {
      await record(store, config, state, NOW + at)
    }
    await deliver(store, config, NOW + 4)
    expect(await store.undelivered()).toMatchObject([
      { kind: 'fired', rule: 'quiet', route: 'team', state: 'failed', outcome: 'HTTP 404' },
      { kind: 'fired', route: 'log', state: 'pending', outcome: 'HTTP 503', attempts: 1 },
      { kind: 'resolved', route: 'team', state: 'failed', outcome: 'HTTP 404' },
      { kind: 'resolved', route: 'log', state: 'pending', outcome: null, attempts: 0 },
    ])
    hook.answer(200)
    other.answer(200)
    // nothing that failed goes by itself, and nothing that waits goes before its time
    expect(await deliver(store, config, NOW + 5)).toEqual([])
    const again = await open()
    const tried = await deliver(again, config, NOW + 6, 1, true)
    expect(tried.map(({ state }) => state)).toEqual(Array(4).fill('delivered'))
    expect(kinds(hook.received)).toEqual(['fired', 'resolved', 'fired', 'resolved'])
    const ids = hook.received.map(({ headers }) => headers['x-atelier-delivery'])
    expect(ids.slice(2)).toEqual(ids.slice(0, 2))
    expect(kinds(other.received)).toEqual(['fired', 'fired', 'resolved'])
    expect(await store.undelivered()).toEqual([])
    expect(await deliver(store, config, NOW + 7, 1, true)).toEqual([])
  })

  it('sends again once what several processes are asked to', async () => {
    const { store, config, hook, open } = await setup()
    hook.answer(404)
    for (const at of [0, 1]) await record(store, config, 'bad', NOW + at)
    await deliver(store, config, NOW + 2)
    hook.answer(200)
    const stores = [store, await open(), await open()]
    await Promise.all(stores.map((each) => deliver(each, config, NOW + 3, 1, true)))
    expect(kinds(hook.received)).toEqual(['fired', 'fired'])
  })

  it('takes for free what lies too far ahead: the clock was wrong', async () => {
    const { store, config, hook } = await setup()
    hook.answer(500)
    for (const at of [0, 1]) await record(store, config, 'bad', NOW + at)
    await deliver(store, config, NOW + 4)
    hook.answer(200)
    await deliver(store, config, NOW - 86_400_000)
    expect(kinds(hook.received)).toEqual(['fired', 'fired'])
  })

  it('has one leader at a time, and another when it says nothing or ends', async () => {
    const { store, open } = await setup()
    const other = await open()
    expect(await store.lead('a', NOW, MINUTE)).toBe(true)
    expect(await other.lead('b', NOW + 1000, MINUTE)).toBe(false)
    expect(await store.lead('a', NOW + 30_000, MINUTE)).toBe(true)
    expect(await other.lead('b', NOW + 61_000, MINUTE)).toBe(false)
    expect(await other.lead('b', NOW + 91_000, MINUTE)).toBe(true)
    await store.resign('a')
    expect(await store.lead('a', NOW + 92_000, MINUTE)).toBe(false)
    await other.resign('b')
    expect(await store.lead('a', NOW + 93_000, MINUTE)).toBe(true)
    // an end that lies too far ahead is of a clock that was wrong
    expect(await other.lead('b', NOW - 86_400_000, MINUTE)).toBe(true)
  })

  it('tells past checks by time, and forgets the oldest', async () => {
    const { store, config } = await setup()
    for (const at of [0, 1, 2, 3]) await record(store, config, 'good', NOW + at * MINUTE)
    const times = async (query: Parameters<AlertStore['checks']>[0]) =>
      (await store.checks(query)).map(({ time }) => (Date.parse(time) - NOW) / MINUTE)
    expect(await times({ last: 2 })).toEqual([3, 2])
    expect(await times({ last: 9, from: NOW + MINUTE, to: NOW + 3 * MINUTE })).toEqual([2, 1])
    await store.prune(NOW + 2 * MINUTE)
    expect(await times({ last: 9 })).toEqual([3, 2])
  })
}
