import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LoadPoint, type LoadResult, writeLoadReport } from './index.ts'
import { createLatencyHistogram } from './latency-histogram.ts'
import { summarizeLatency } from './load-result.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-load-report-'))
})
afterEach(() => rm(folder, { recursive: true }))

const latencyOf = (...milliseconds: number[]) => {
  const histogram = createLatencyHistogram()
  for (const value of milliseconds) histogram.add(value)
  return summarizeLatency(histogram)
}
const nothing = latencyOf()

function pointAt(at: number, change: Partial<LoadPoint> = {}): LoadPoint {
  const latency = latencyOf(1, 2, 3 + (at % 7))
  const total = { requests: 3 * at, failures: 0, latency, mean_bytes: 10 }
  return { at, span: 1, users: 5, requests: 3, failures: 0, latency, total, ...change }
}

function resultOf(history: readonly LoadPoint[], change: Partial<LoadResult> = {}): LoadResult {
  const counts = { requests: 1200, failures: 0, rate: 3, good_rate: 3, mean_bytes: 10 }
  const latency = latencyOf(...Array.from({ length: 1200 }, (_, i) => 1 + (i % 50)))
  const route = { ...counts, latency, failure_latency: nothing }
  return {
    url: 'http://127.0.0.1:8080/',
    started: Date.UTC(2026, 10, 25),
    seconds: history.length,
    ended: 'duration',
    total: { ...route, name: 'all' },
    routes: [
      { ...route, name: 'GET /health' },
      { ...route, name: 'POST /predict' },
    ],
    failures: [],
    unfinished: 0,
    history,
    client: { cpu_seconds: 1, cpu_microseconds_per_request: 11, lateness: null },
    ...change,
  }
}

async function pageOf(result: LoadResult, description = '5 users'): Promise<string> {
  const path = join(folder, 'load.html')
  await writeLoadReport(path, result, description)
  return readFile(path, 'utf8')
}

const pointsOf = (length: number) => Array.from({ length }, (_, i) => pointAt(i + 1))
/** The moves and lines of the longest path of a drawing. */
const longestPath = (page: string) =>
  Math.max(...[...page.matchAll(/ d="([^"]*)"/g)].map(([, d]) => d!.split(/[ML]/).length - 1))

describe('writeLoadReport', () => {
  it('tells of hours in a page as small as of minutes', async () => {
    const hours = await pageOf(resultOf(pointsOf(20_000)))
    expect(longestPath(hours)).toBeLessThan(440)
    expect(longestPath(hours)).toBeGreaterThan(400)
    expect(hours.length).toBeLessThan(200_000)
  })

  it('shows of joined seconds the slowest', async () => {
    const slow = pointsOf(2000).map((point) =>
      point.at === 777 ? { ...point, latency: latencyOf(1, 5000) } : point,
    )
    const axis = (page: string) => [...page.matchAll(/>([\d,]+)<\/text>/g)].map(([, text]) => text)
    expect(axis(await pageOf(resultOf(slow)))).toContain('5,000')
    expect(axis(await pageOf(resultOf(pointsOf(2000))))).not.toContain('5,000')
  })

  it('breaks the line of latencies where nothing was answered', async () => {
    const lines = (page: string) =>
      /Latency over time[\s\S]*?<\/section>/.exec(page)![0].match(/ d="M[^"]*M/g)
    const stalled = pointsOf(40).map((point) =>
      point.at === 20 ? { ...point, requests: 0, latency: nothing } : point,
    )
    expect(lines(await pageOf(resultOf(pointsOf(40))))).toBeNull()
    expect(lines(await pageOf(resultOf(stalled)))).toHaveLength(3)
  })

  it('is whole when nothing was answered at all', async () => {
    const failed = { requests: 5, failures: 5, latency: nothing, failure_latency: latencyOf(9) }
    const { total, routes } = resultOf([])
    const page = await pageOf(
      resultOf([pointAt(1, { requests: 5, failures: 5, latency: nothing })], {
        total: { ...total, ...failed, good_rate: 0 },
        routes: routes.map((route) => ({ ...route, ...failed })),
        failures: [{ route: 'GET /health', kind: 'refused', count: 5, latency: latencyOf(9) }],
      }),
    )
    expect(page).toContain('<td class="name">refused</td><td>5</td><td>100 %</td><td>9.00</td>')
    expect(page).not.toMatch(/NaN|undefined|null|Infinity/)
  })

  it('shows as text what could be markup', async () => {
    const page = await pageOf(
      resultOf(pointsOf(3), {
        url: 'http://x/<b>',
        failures: [{ route: 'GET /', kind: '<script>', count: 1, latency: nothing }],
      }),
      '5 <i>users</i>',
    )
    expect(page).not.toMatch(/<b>|<script|<i>/)
    expect(page).toContain('5 &lt;i&gt;users')
  })
})
