/** Scraping, alerts and the dashboard: over metrics that there are, and judged by Prometheus itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MonitorSource } from '../src/contracts/index.ts'
import { silentLogger, systemClock } from '../src/core/index.ts'
import { createMonitorApp } from '../src/http/index.ts'
import { findProgram, runTool, toolsMissing } from './support/dev-tools.ts'
import { driftAnswer, driftCheck, monitorExample } from './support/monitor-example.ts'
import { freePort } from './support/postgres-server.ts'
import { readText, readYaml } from './support/repository.ts'
import { type Served, serveAtelier } from './support/served.ts'
import { createExample, exampleModel, flatPng } from './support/service-example.ts'
import { packageRoot } from './support/training-project.ts'

const TOKEN = 'a-token-of-the-tests'
const FOLDER = 'deploy/prometheus'
/** Prometheus' own, and words of its language. */
const KNOWN = ['up', 'or']

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[]
}
interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[]
}

const rules = readYaml<Rules>(`${FOLDER}/alerts.yml`).groups.flatMap((group) => group.rules)
const dashboard: Dashboard = JSON.parse(readText('deploy/grafana/dashboards/atelier.json'))
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

/** Names of metrics in an expression: what is neither a function, a label nor a word of the language. */
function metricsIn(expression: string): string[] {
  const bare = expression.replace(/\{[^}]*\}|\[[^\]]*\]|\b(by|without|on) *\([^)]*\)/g, ' ')
  return [...bare.matchAll(/[a-z_][a-z0-9_]*\b(?!\s*\()/g)].map(([name]) => name)
}

const monitorSource: MonitorSource = {
  ...monitorExample(driftAnswer()),
  state: async () => ({
    check: driftCheck,
    alerts: [],
    deliveries: { pending: 0, delivered: 0, failed: 0 },
    counts: { leads: true, checks: 1, failures: 0 },
  }),
}
const monitorOptions = {
  source: monitorSource,
  ...{ hosts: [], token: TOKEN, logger: silentLogger, clock: systemClock },
}

async function exposedNames(): Promise<Set<string>> {
  const example = await createExample({ model: null })
  const service = example.metrics.text()
  await example.close()
  const monitor = await createMonitorApp(monitorOptions)
  const headers = { authorization: `Bearer ${TOKEN}` }
  const { body } = await monitor.inject({ url: '/metrics', headers })
  await monitor.close()
  const types = [...(service + body).matchAll(/^# TYPE (\S+) (\S+)/gm)]
  return new Set(
    types.flatMap(([, name, type]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name!],
    ),
  )
}

describe('alerts and dashboard', () => {
  it('speak of metrics that the services have', async () => {
    const exposed = await exposedNames()
    const expressions = [...rules.map(({ expr }) => expr), ...queries]
    expect(expressions.length).toBeGreaterThan(20)
    const used = [...new Set(expressions.flatMap(metricsIn))].filter(
      (name) => !KNOWN.includes(name),
    )
    expect(used.length).toBeGreaterThan(12)
    expect(used.filter((name) => !exposed.has(name))).toEqual([])
  })

  it('alert of everything that a test tells about, and test every alert', () => {
    const alerts = [...readText(`${FOLDER}/alerts.yml`).matchAll(/alert: (\w+)/g)].map(([, n]) => n)
    const tested = [...readText(`${FOLDER}/alerts.test.yml`).matchAll(/alertname: (\w+)/g)]
    expect(new Set(tested.map(([, name]) => name))).toEqual(new Set(alerts))
  })
})

const missing = toolsMissing('promtool', 'prometheus')
const suite = missing === undefined ? 'Prometheus' : `Prometheus (${missing})`
describe.skipIf(missing !== undefined)(suite, () => {
  let folder = ''
  let served: Served
  let monitor: Awaited<ReturnType<typeof createMonitorApp>>
  let prometheus: ChildProcess
  let url = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-prometheus-'))
    await mkdir(join(folder, 'models'))
    await writeFile(join(folder, 'models/model.onnx'), exampleModel())
    served = await serveAtelier(folder, [], { ATELIER_TOKEN: TOKEN })
    monitor = await createMonitorApp(monitorOptions)
    const monitorUrl = await monitor.listen({ host: '127.0.0.1', port: 0 })
    await writeFile(join(folder, 'token'), TOKEN)
    await writeFile(join(folder, 'alerts.yml'), readText(`${FOLDER}/alerts.yml`))
    const config = readText(`${FOLDER}/prometheus.yml`)
      .replaceAll('/run/secrets/atelier_token', join(folder, 'token'))
      .replace('api:8080', new URL(served.url).host)
      .replace('monitor:8090', new URL(monitorUrl).host)
      .replaceAll(/(scrape|evaluation)_interval: \d+s/g, '$1_interval: 1s')
      .replaceAll(/scrape_timeout: \d+s/g, 'scrape_timeout: 1s')
    await writeFile(join(folder, 'prometheus.yml'), config)
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    prometheus = spawn(
      findProgram('prometheus')!,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'tsdb')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    )
  }, 60_000)
  afterAll(async () => {
    prometheus?.kill()
    served?.signal('SIGTERM')
    await monitor?.close()
    await served?.finished
    await rm(folder, { recursive: true, force: true })
  })

  /** What a query gives now; undefined while Prometheus is not up. */
  async function query(expression: string): Promise<readonly unknown[] | undefined> {
    const address = `${url}/api/v1/query?query=${encodeURIComponent(expression)}`
    const answer = await fetch(address).catch(() => undefined)
    const body = (await answer?.json()) as { data?: { result: unknown[] }; error?: string }
    if (body?.error !== undefined) throw new Error(`${expression}: ${body.error}`)
    return body?.data?.result
  }

  it('takes the rules, and they fire when their tests say', async () => {
    const cwd = join(packageRoot, FOLDER)
    const checked = await runTool('promtool', ['check', 'rules', 'alerts.yml'], { cwd })
    expect(checked, checked.stderr).toMatchObject({ code: 0 })
    const tested = await runTool('promtool', ['test', 'rules', 'alerts.test.yml'], { cwd })
    expect(tested.code, tested.stdout + tested.stderr).toBe(0)
  })

  it('takes the configuration', async () => {
    const words = ['check', 'config', join(folder, 'prometheus.yml')]
    const checked = await runTool('promtool', words)
    expect(checked.code, checked.stdout + checked.stderr).toBe(0)
  })

  it('scrapes both services, with the token, and answers what the dashboard asks', async () => {
    const png = await flatPng(100)
    const send = () =>
      fetch(`${served.url}predict`, {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body: new Uint8Array(png),
      })
    await expect.poll(() => query('up == 1'), { timeout: 20_000 }).toHaveLength(2)
    // an increase is between two scrapes that both knew the counter
    const seen = async () => {
      await send()
      return await query('sum(rate(atelier_batch_seconds_count[1m])) > 0')
    }
    await expect.poll(seen, { timeout: 20_000 }).toHaveLength(1)
    const empty: string[] = []
    for (const expression of queries) {
      const result = await query(expression.replaceAll('$__rate_interval', '1m'))
      if (result === undefined || result.length === 0) empty.push(expression)
    }
    // nothing has failed, so there are no series of failures
    expect(empty.filter((one) => !/code=~|prediction_errors/.test(one))).toEqual([])
    const healths = async () => {
      const answer = await (await fetch(`${url}/api/v1/rules`)).json()
      const { groups } = (answer as { data: { groups: { rules: { health: string }[] }[] } }).data
      return groups.flatMap((group) => group.rules.map(({ health }) => health))
    }
    await expect.poll(healths, { timeout: 20_000 }).toEqual(rules.map(() => 'ok'))
  }, 60_000)
})
