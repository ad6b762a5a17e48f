import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { driftAnswer, firingAlert, monitorExample } from '../../../test/support/monitor-example.ts'
import type { DriftAnswer, DriftQuery, MonitorSource } from '../../contracts/index.ts'
import { AtelierError, silentLogger, systemClock } from '../../core/index.ts'
import { createMonitorApp } from './create-monitor-app.ts'

const opened: FastifyInstance[] = []
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close()
})

const answer = driftAnswer()
const quiet = monitorExample(answer)

async function open(part: Partial<MonitorSource> = {}, token?: string): Promise<FastifyInstance> {
  const common = { clock: systemClock, logger: silentLogger, hosts: [] }
  const app = await createMonitorApp({ source: { ...quiet, ...part }, token, ...common })
  opened.push(app)
  return app
}

const serve = async (part: Partial<MonitorSource> = {}) =>
  (await open(part)).listen({ host: '127.0.0.1', port: 0 })

describe('createMonitorApp', () => {
  it('lists what it answers', async () => {
    const url = await serve()
    const got: unknown = await (await fetch(url)).json()
    expect(got).toMatchObject({ ok: true, endpoints: expect.arrayContaining(['/drift-report']) })
  })

  it('answers the report as a page, as JSON, and in the shape of Evidently', async () => {
    const asked: DriftQuery[] = []
    const url = await serve({
      drift: async (query) => {
        asked.push(query)
        return answer
      },
    })
    const page = await fetch(`${url}/drift-report?last=500`)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toContain("style-src 'unsafe-inline'")
    expect(await page.text()).toBe(answer.page)
    const report: unknown = await (await fetch(`${url}/drift?from=24h&model=a%2F3`)).json()
    // JSON knows no -0
    expect(report).toEqual(JSON.parse(JSON.stringify(answer.report)))
    expect(await (await fetch(`${url}/drift?format=evidently`)).json()).toEqual(answer.evidently)
    expect(asked).toEqual([{ last: 500 }, { from: '24h', model: 'a/3' }, {}])
  })

  it('works out once what several ask at the same time', async () => {
    let count = 0
    let give = (_: DriftAnswer) => {}
    const url = await serve({
      drift: () => {
        count += 1
        return new Promise((resolve) => {
          give = resolve
        })
      },
    })
    const asked = [1, 2, 3].map(() => fetch(`${url}/drift`))
    while ((opened[0]!.server as { _connections?: number })._connections !== 3) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
    give(answer)
    for (const response of await Promise.all(asked)) expect(response.status).toBe(200)
    expect(count).toBe(1)
  })

  it('says what is missing, and is not ready then', async () => {
    const empty = new AtelierError('WINDOW_EMPTY', 'No predictions yet.', { hint: 'Send some.' })
    const url = await serve({
      drift: () => Promise.reject(empty),
      probe: () => Promise.reject(empty),
    })
    const failed = await fetch(`${url}/drift-report`)
    expect(failed.status).toBe(404)
    expect(await failed.json()).toEqual({
      detail: 'No predictions yet. Send some.',
      code: 'WINDOW_EMPTY',
    })
    expect((await fetch(`${url}/ready`)).status).toBe(503)
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })

  it('refuses queries it does not know', async () => {
    const url = await serve()
    for (const query of ['last=0', 'last=x', 'log=/etc/passwd', 'format=csv']) {
      expect((await fetch(`${url}/drift?${query}`)).status).toBe(400)
    }
    expect((await fetch(`${url}/drift-report?format=evidently`)).status).toBe(400)
    expect((await fetch(`${url}/nothing`)).status).toBe(404)
  })

  it('passes on the question for verdicts over time', async () => {
    const asked: unknown[] = []
    const url = await serve({
      history: async (query) => {
        asked.push(query)
        return { checks: [], windows: [] }
      },
    })
    const got = await fetch(`${url}/history?from=7d&windows=12&checks=5`)
    expect(await got.json()).toEqual({ checks: [], windows: [] })
    expect(asked).toEqual([{ from: '7d', windows: 12, checks: 5 }])
    expect((await fetch(`${url}/history?windows=2`)).status).toBe(400)
  })

  it('tells of alerts, and takes word that somebody has seen one', async () => {
    const url = await serve()
    expect(await (await fetch(`${url}/alerts`)).json()).toEqual({
      alerts: [firingAlert],
      events: [],
    })
    const ack = (id: string, body?: unknown) =>
      fetch(`${url}/alerts/${id}/ack`, {
        method: 'POST',
        ...(body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
    expect(await (await ack('a1', { by: 'Ada' })).json()).toMatchObject({
      acknowledged: { by: 'Ada' },
    })
    expect(await (await ack('a1')).json()).toMatchObject({ acknowledged: { by: 'somebody' } })
    expect((await ack('a2')).status).toBe(404)
    expect((await ack('a1', { by: 'a\nBcc: all' })).status).toBe(422)
    expect((await fetch(`${url}/alerts/a1/ack`)).status).toBe(405)
  })

  it('has metrics that Prometheus reads', async () => {
    const url = await serve()
    const got = await fetch(`${url}/metrics`)
    expect(got.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    const text = await got.text()
    expect(text).toContain('atelier_alert_firing{rule="drift",severity="warning"} 1\n')
    expect(text).toContain('atelier_alert_deliveries{state="pending"} 1\n')
    expect(text).toContain('atelier_monitor_checks_total 7\n')
    expect(text).toContain('atelier_monitor_check_failures_total 3\n')
    expect(text).toContain('# TYPE atelier_drift_verdict gauge\n')
    expect(text).not.toContain('atelier_drift_verdict{')
  })
})

describe('a route of the monitor', () => {
  const access: Readonly<Record<string, 'open' | 'token'>> = {
    'GET /': 'token',
    'GET /drift-report': 'token',
    'GET /drift': 'token',
    'GET /history': 'token',
    'GET /alerts': 'token',
    'POST /alerts/:id/ack': 'token',
    'GET /metrics': 'token',
    'GET /health': 'open',
    'GET /ready': 'open',
  }
  const token = 'a-token-of-some-length'

  it('is guarded as the table says, and listed', async () => {
    const app = await open({}, token)
    await app.ready()
    const routes = app.accessRules().filter(({ method }) => method !== 'HEAD')
    expect(Object.fromEntries(routes.map((r) => [`${r.method} ${r.url}`, r.access]))).toEqual(
      access,
    )
    for (const { method, url, access } of app.accessRules()) {
      const path = url.replace(':id', 'a1')
      for (const authorization of ['', 'Bearer wrong', `Basic ${token}`, 'Bearer ', token]) {
        const headers = authorization === '' ? {} : { authorization }
        const { statusCode } = await app.inject({ method: method as 'GET', url: path, headers })
        expect(statusCode === 401, `${method} ${path} ${authorization}`).toBe(access === 'token')
      }
      const headers = { authorization: `Bearer ${token}` }
      const { statusCode } = await app.inject({ method: method as 'GET', url: path, headers })
      expect(statusCode, `${method} ${path}`).toBe(200)
    }
    const headers = { authorization: `Bearer ${token}` }
    const { endpoints } = (await app.inject({ url: '/', headers })).json()
    const listed = Object.keys(access).map((route) => route.split(' ')[1]!.replace(':id', '{id}'))
    expect(['/', ...endpoints].sort()).toEqual(listed.sort())
  })

  it('takes no word from pages of other sites, and no foreign host', async () => {
    const app = await open()
    const url = '/alerts/a1/ack'
    const from = { origin: 'https://evil.example' }
    expect((await app.inject({ method: 'POST', url, headers: from })).statusCode).toBe(403)
    const host = { host: 'evil.example' }
    expect((await app.inject({ url: '/alerts', headers: host })).statusCode).toBe(403)
  })
})
