/** From training to the end of an alert: what is served is watched, drift is told once, and its end as well. */
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type AlertsAnswer,
  alertEventSchema,
  type DriftReport,
  driftReportSchema,
  type HistoryAnswer,
} from '../src/contracts/index.ts'
import { openPredictionStore } from '../src/monitoring/index.ts'
import { corrupt } from '../src/robustness/index.ts'
import { readSafetensors } from '../src/tensor/index.ts'
import { httpReceiver, type Receiver } from './support/alert-receivers.ts'
import { type Finished, runAtelier, startAtelier } from './support/atelier-process.ts'
import { type Served, serveAtelier } from './support/served.ts'
import { formOf } from './support/service-example.ts'
import { createProject, type Project } from './support/training-project.ts'

const DATA = [
  ...['data=sketch', 'data.train=1400', 'data.validation=700', 'data.test=1000'],
  ...['model.type=mlp', 'hyperparameters.epochs=1', 'trainer.threads=1'],
]
const GEOMETRY = { channels: 1, height: 28, width: 28 } as const
const SIZE = 28 * 28
const WINDOW = 500
const HOOK_SECRET = 'a secret of many letters'

let project: Project
let hook: Receiver
let served: Served
let monitor: { readonly url: string; stop(): Promise<Finished> }
let test: Uint8Array

beforeAll(async () => {
  project = await createProject()
  hook = await httpReceiver()
  await writeRules(project.folder, hook.url)
  expect(await runAtelier(project.folder, ['train', ...DATA])).toMatchObject({ code: 0 })
  served = await serveAtelier(project.folder, ['monitoring.flush_seconds=0.1'])
  monitor = await startMonitor(project.folder)
  const path = join(project.folder, 'data/processed/sketch/test.safetensors')
  test = (await readSafetensors(path)).tensors.get('images')!.data as Uint8Array
}, 90_000)

afterAll(async () => {
  served?.signal('SIGTERM')
  await monitor?.stop()
  await served?.finished
  hook?.close()
  await project?.remove()
})

async function writeRules(folder: string, url: string): Promise<void> {
  await mkdir(join(folder, 'conf/alerts'), { recursive: true })
  const rules = {
    ...{ after: 1, clear: 1, repeat_hours: null },
    rules: {
      moved: { signal: 'drift', window: `${WINDOW} rows`, level: 'drift', severity: 'warning' },
    },
    routes: {
      team: {
        type: 'webhook',
        url,
        secret_env: 'HOOK_SECRET',
        allow_private: true,
      },
    },
  }
  await writeFile(join(folder, 'conf/alerts/default.yaml'), JSON.stringify(rules))
}

async function startMonitor(folder: string) {
  const args = ['monitoring.check_minutes=0.03', `monitoring.check_window=${WINDOW} rows`]
  const { child, finished } = startAtelier(
    folder,
    ['monitor', 'serve', '--port', '0', '--json', ...args],
    { env: { HOOK_SECRET } },
  )
  const early = finished.then(({ stderr }) => Promise.reject(new Error(stderr)))
  early.catch(() => {})
  const [line] = (await Promise.race([once(child.stdout!, 'data'), early])) as [Buffer]
  const stop = () => {
    child.kill('SIGTERM')
    return finished
  }
  return { url: JSON.parse(line.toString()).url as string, stop }
}

/** Sends images to the service, a hundred at a time. */
async function send(images: Uint8Array): Promise<void> {
  for (let start = 0; start < images.length / SIZE; start += 100) {
    const pngs = await Promise.all(
      Array.from({ length: 100 }, (_, i) => {
        const at = (start + i) * SIZE
        const raw = { width: 28, height: 28, channels: 1 } as const
        return sharp(images.slice(at, at + SIZE), { raw })
          .toColourspace('b-w')
          .png()
          .toBuffer()
      }),
    )
    const files = pngs.map((bytes, i) => ({ field: 'files', name: `${i}.png`, bytes }))
    const { headers, payload } = formOf(files)
    const body = new Uint8Array(payload)
    const answer = await fetch(`${served.url}predict/batch`, { method: 'POST', headers, body })
    expect(answer.status).toBe(200)
  }
}

const report = async (): Promise<DriftReport> =>
  driftReportSchema.parse(await (await fetch(`${monitor.url}drift?last=${WINDOW}`)).json())

/** Of the newest predictions, once all of them are where the monitor looks. */
async function reportOfAll(sent: number): Promise<DriftReport> {
  const store = await openPredictionStore({ path: join(project.folder, '.atelier/atelier.db') })
  const logged = async () => {
    let count = 0
    for await (const rows of store.scan({})) count += rows.count
    return count
  }
  await expect.poll(logged, { timeout: 15_000 }).toBe(sent)
  await store.close()
  return report()
}

const getJson = async (path: string): Promise<unknown> =>
  (await fetch(`${monitor.url}${path}`)).json()

const told = () => hook.received.map(({ body }) => alertEventSchema.parse(JSON.parse(body)))

it('tells drift once, with its reason and a valid signature, and tells when it is over', async () => {
  await send(test.subarray(0, WINDOW * SIZE))
  expect(await reportOfAll(500)).toMatchObject({ verdict: 'ok', window: { rows: 500 } })

  const clean = new Uint8Array(test.subarray(0, WINDOW * SIZE))
  await send(corrupt(clean, WINDOW, GEOMETRY, { name: 'brightness', severity: 5, seed: 1 }))
  const drifted = await reportOfAll(1000)
  expect(drifted).toMatchObject({ verdict: 'drift', window: { rows: 500 } })
  expect(drifted.reason).toMatch(
    /^\w+ went from a median of .* measures drifted \(500 rows against/,
  )
  const brightness = drifted.measures.find((each) => each.name === 'avg_brightness')
  expect(brightness).toMatchObject({ kind: 'feature', drifted: true })
  expect(brightness!.effect.value).toBeGreaterThan(0.5)
  await expect.poll(() => hook.received.length, { timeout: 15_000 }).toBe(1)

  const [{ headers, body }] = hook.received as [Receiver['received'][0]]
  const [, time, code] = /^t=(\d+),v1=(\w+)$/.exec(String(headers['x-atelier-signature']))!
  const wanted = createHmac('sha256', HOOK_SECRET).update(`${time}.${body}`).digest('hex')
  expect(code).toBe(wanted)
  const [fired] = told()
  expect(fired).toMatchObject({ kind: 'fired', rule: 'moved', severity: 'warning' })
  expect(fired!.message).toMatch(/^drift: /)

  await send(test.subarray(WINDOW * SIZE))
  expect(await reportOfAll(1500)).toMatchObject({ verdict: 'ok' })
  await expect.poll(() => hook.received.length, { timeout: 15_000 }).toBe(2)
  expect(told()[1]).toMatchObject({ kind: 'resolved', rule: 'moved', alert: fired!.alert })

  const { alerts, events } = (await getJson('alerts')) as AlertsAnswer
  expect(alerts).toMatchObject([{ rule: 'moved', status: 'ok', alert: null }])
  expect(events).toHaveLength(2)
  const { checks, windows } = (await getJson('history?windows=3&last=1500')) as HistoryAnswer
  expect(checks.map(({ verdict }) => verdict)).toContain('drift')
  expect(windows.map(({ verdict }) => verdict)).toEqual(['ok', 'drift', 'ok'])
  const metrics = await (await fetch(`${monitor.url}metrics`)).text()
  expect(metrics).toContain('atelier_drift_verdict{verdict="ok"} 1\n')
  expect(metrics).toMatch(/atelier_drift_effect\{feature="avg_brightness",kind="feature"\} -?0\.\d/)
  expect(metrics).toContain('atelier_alert_deliveries{state="delivered"} 2\n')
  const { code: exit, stdout, stderr } = await monitor.stop()
  expect({ exit, stderr }).toMatchObject({ exit: 0 })
  expect(stdout + stderr).not.toContain(HOOK_SECRET)
}, 90_000)
