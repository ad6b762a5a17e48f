/** Alerts through the command line, and who may call the monitoring service. */
import { EventEmitter, once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandTable, runCli } from '../src/cli/index.ts'
import type { AlertsAnswer, HistoryAnswer, UndeliveredAlert } from '../src/contracts/index.ts'
import { createRandom, systemClock } from '../src/core/index.ts'
import { startMonitor } from '../src/main/start-monitor.ts'
import { httpReceiver, type Receiver } from './support/alert-receivers.ts'
import { runAtelier } from './support/atelier-process.ts'
import { itInFull } from './support/only-in-full.ts'
import { packageRoot } from './support/training-project.ts'

const SECRET = 'a secret of many letters'
const ENV = { HOOK_SECRET: SECRET, USER: 'bea' }
let folder = ''
let hook: Receiver
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-alerting-'))
  hook = await httpReceiver()
  writeLog('ref.csv', 400, 1)
  writeLog('log.csv', 100, 5)
  writeRules({ quiet: { signal: 'silence', above: 1, severity: 'critical' } })
})
afterAll(() => {
  hook.close()
  rmSync(folder, { recursive: true })
})

function writeLog(name: string, count: number, seed: number): void {
  const random = createRandom(seed, 'drift')
  const lines = Array.from({ length: count }, (_, at) =>
    [
      new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString(),
      random.uniform(),
      random.uniform(),
    ].join(),
  )
  writeFileSync(join(folder, name), ['timestamp,avg_brightness,contrast', ...lines, ''].join('\n'))
}

function writeRules(rules: object): void {
  const team = { type: 'webhook', url: hook.url, secret_env: 'HOOK_SECRET', allow_private: true }
  const alerts = { after: 1, clear: 1, repeat_hours: null, rules, routes: { team } }
  mkdirSync(join(folder, 'conf/alerts'), { recursive: true })
  writeFileSync(join(folder, 'conf/alerts/default.yaml'), JSON.stringify(alerts))
}

function start(argv: readonly string[], env: Readonly<Record<string, string>>) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const signals = new EventEmitter()
  const ended = runCli({
    ...{ argv: ['monitor', ...argv], cwd: folder, env, stdin: Readable.from([]), stdout, stderr },
    ...{ packageRoot, clock: systemClock, signals, exit: () => {}, commands: commandTable },
    ...{ self: [process.execPath], startMonitor },
    startUi: () => Promise.reject(new Error('not in this test')),
    startService: () => Promise.reject(new Error('not in this test')),
  })
  return { stdout, stderr, signals, ended }
}

async function monitor(argv: readonly string[], env: Readonly<Record<string, string>> = ENV) {
  const { stdout, stderr, ended } = start(argv, env)
  const code = await ended
  const textOf = (stream: PassThrough) => stream.read()?.toString() ?? ''
  return { code, out: textOf(stdout), err: textOf(stderr) }
}

const check = (env?: Readonly<Record<string, string>>) =>
  monitor(['check', '--alert', '-l', 'log.csv', '-r', 'ref.csv'], env)
const kinds = () => hook.received.map(({ body }) => JSON.parse(body).kind)

describe('atelier monitor check --alert', () => {
  it('tells nobody while a secret is missing, and loses nothing by it', async () => {
    const { code, out, err } = await check({})
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^ok: /) })
    expect(err).toContain('alert fired (critical) quiet: no prediction for')
    expect(err).toContain('team was not told: the environment variable HOOK_SECRET is not set')
    expect(hook.received).toEqual([])
    const { out: text } = await monitor(['alerts'])
    expect(text).toMatch(/quiet\s+firing\s+critical/)
    expect(text).toContain('team pending (the environment variable HOOK_SECRET is not set)')
  })

  it('does not tell again what is told, whatever the number of checks', async () => {
    for (let i = 0; i < 3; i++) expect((await check()).err).not.toContain('alert fired')
    // it waits for its next attempt
    expect(kinds()).toEqual([])
    const { events } = JSON.parse((await monitor(['alerts', '--json'])).out) as AlertsAnswer
    expect(events.map(({ kind }) => kind)).toEqual(['fired'])
  })

  it('lets somebody say that it was seen', async () => {
    const { alerts } = JSON.parse((await monitor(['alerts', '--json'])).out) as AlertsAnswer
    const { alert } = alerts[0]!
    expect(await monitor(['ack', alert!])).toEqual({
      code: 0,
      out: 'quiet: seen by bea\n',
      err: '',
    })
    const { out } = await monitor(['alerts'])
    expect(out).toContain('firing, seen by bea')
    expect(out).not.toContain(SECRET)
    const unknown = await monitor(['ack', 'nothing'])
    expect(unknown).toMatchObject({ code: 3, err: expect.stringContaining('ALERT_NOT_FOUND') })
  })

  it('still tells that nothing is logged where there is no window to judge', async () => {
    writeRules({
      empty: { signal: 'volume', window: '1h', below: 1, above: null, severity: 'info' },
    })
    const args = ['check', '--alert', '-l', 'log.csv', '-r', 'ref.csv', '--from', '1h']
    const { code, err } = await monitor(args)
    expect(code).toBe(3)
    expect(err).toMatch(/alert fired \(info\) empty: 0\.0 predictions an hour[\s\S]*WINDOW_EMPTY/)
    expect(err).toContain('alert resolved (info) quiet: there is no rule quiet any more')
  })
})

describe('atelier monitor alerts --resend', () => {
  const REFUSED = 'ECONNREFUSED'
  const run = (args: readonly string[]) => runAtelier(folder, ['monitor', ...args], { env: ENV })
  const undelivered = async () => {
    const { stdout } = await run(['alerts', '--deliveries', '--json'])
    return (JSON.parse(stdout) as { readonly undelivered: readonly UndeliveredAlert[] }).undelivered
  }

  itInFull(
    'sends from another process, once the receiver is back, what did not arrive',
    async () => {
      // what the tests before left behind
      expect(await run(['alerts', '--resend'])).toMatchObject({ code: 0 })
      hook.close()
      writeRules({ silent: { signal: 'silence', above: 1, severity: 'critical' } })
      const { stderr } = await run(['check', '--alert', '-l', 'log.csv', '-r', 'ref.csv'])
      expect(stderr).toContain(`team was not told: ${REFUSED}`)
      const waiting = await undelivered()
      const team = { route: 'team', state: 'pending' }
      // in order: what comes after one that waits is not tried
      expect(waiting).toMatchObject([
        { ...team, kind: 'resolved', rule: 'empty', outcome: REFUSED },
        { ...team, kind: 'fired', rule: 'silent', outcome: null },
      ])
      const away = await run(['alerts', '--resend'])
      expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining('DELIVERY_FAILED') })
      expect(away.stdout).toMatch(
        /^0 delivered\.\n[\s\S]*resolved +empty +team +pending .* ECONNREFUSED/,
      )
      hook = await httpReceiver(200, Number(new URL(hook.url).port))
      expect(await run(['alerts', '--resend'])).toEqual({
        ...{ code: 0, stderr: '' },
        stdout: `${waiting.length} delivered.\nEverything that was told arrived.\n`,
      })
      const ids = hook.received.map(({ headers }) => headers['x-atelier-delivery'])
      expect(ids).toEqual(waiting.map(({ event }) => event))
      expect(await undelivered()).toEqual([])
      expect(await run(['alerts', '--resend'])).toMatchObject({ code: 0 })
      expect(hook.received).toHaveLength(ids.length)
    },
    60_000,
  )
})

describe('the section alerts', () => {
  it.each([
    [
      { a: { signal: 'silence', above: 1, severity: 'info', routes: ['tem'] } },
      /There is no route tem; known: team/,
    ],
    [
      { a: { signal: 'drift', window: '5 weeks', level: 'drift', severity: 'info' } },
      /alerts\.rules\.a\.window/,
    ],
    [{ a: { signal: 'noise', severity: 'info' } }, /alerts\.rules.a.signal/],
    [{ a: { signal: 'silence', above: 1, severity: 'info', aftr: 2 } }, /aftr/],
  ])('refuses %o', async (rules, message) => {
    writeRules(rules)
    const { code, err } = await monitor(['alerts'])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) })
  })
})

describe('atelier monitor serve', () => {
  it('listens where others reach it only with a token, and asks for it', async () => {
    writeRules({})
    const args = ['serve', '--port', '0', '-l', 'log.csv', '-r', 'ref.csv', '--json']
    const refused = await monitor([...args, '--host', '0.0.0.0'])
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('TOKEN_MISSING') })
    const ATELIER_TOKEN = 'a-token-of-some-length'
    const { stdout, stderr, signals, ended } = start([...args, '--host', '0.0.0.0'], {
      ATELIER_TOKEN,
    })
    const [line] = await once(stdout, 'data')
    const { url } = JSON.parse(String(line)) as { readonly url: string }
    const statusOf = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(`${url}${path}`, { headers })).status
    const authorization = `Bearer ${ATELIER_TOKEN}`
    for (const path of ['', 'drift', 'drift-report', 'history', 'alerts', 'metrics']) {
      expect([path, await statusOf(path), await statusOf(path, { authorization })]).toEqual([
        ...[path, 401, 200],
      ])
    }
    expect([await statusOf('health'), await statusOf('ready')]).toEqual([200, 200])
    const history = await (await fetch(`${url}history`, { headers: { authorization } })).json()
    const { checks } = history as HistoryAnswer
    expect(checks[0]).toMatchObject({ verdict: 'ok', rows: 100, failure: null })
    signals.emit('SIGTERM')
    expect(await ended).toBe(0)
    expect(String(stderr.read() ?? '')).not.toContain(ATELIER_TOKEN)
  })
})
