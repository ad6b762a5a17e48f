/**
 * How the store of runs grows: 100,000 runs in a list, a million points of a metric, and several
 * processes at once. SCALE_RUNS, SCALE_POINTS and SCALE_SECONDS make it smaller; DATABASE_URL
 * measures an empty PostgreSQL database instead of SQLite.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { init } from '../dist/main/index.js'
import { openRunStore, parseFilter } from '../dist/tracking/index.js'
import { exampleEntry } from './scale-example.mjs'
import { row } from './table.mjs'

const RUNS = Number(process.env.SCALE_RUNS ?? 100_000)
const POINTS = Number(process.env.SCALE_POINTS ?? 1_000_000)
const SECONDS = Number(process.env.SCALE_SECONDS ?? 180)
const url = process.env.DATABASE_URL
const REPEATS = 7

export async function scale() {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-scale-'))
  try {
    return [...(await lists(folder)), ...(await points(folder)), await together(folder)]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const QUERIES = [
  ['newest', '', undefined, 0],
  ['sorted by val.accuracy', '', { key: 'val.accuracy', descending: true }, 0],
  ['the middle, sorted by val.accuracy', '', { key: 'val.accuracy', descending: true }, 0.5],
  ['two conditions', 'val.acc > 0.92 and model.type = "cnn"', undefined, 0],
  [
    'two conditions, sorted',
    'val.acc > 0.92 and model.type = "cnn"',
    { key: 'val.loss', descending: false },
    0,
  ],
  [
    'or, not, sorted',
    'tag = best or not (status = failed or seed < 5)',
    { key: 'seconds', descending: true },
    0,
  ],
  ['text within', 'command ~ "seed=77"', { key: 'val.accuracy', descending: true }, 0],
]

/** Pages of 50 out of many runs: the slowest kind of query counts, by its median. */
async function lists(folder) {
  const store = await openRunStore({ url, path: join(folder, 'runs.db') })
  const portion = 500
  for (let i = 0; i < RUNS; i += portion) {
    const size = Math.min(portion, RUNS - i)
    await store.putAll(Array.from({ length: size }, (_, k) => exampleEntry(i + k)))
    if (i % 10_000 === 0) process.stderr.write(`  ${i} runs\r`)
  }
  const results = []
  for (const [name, text, sort, share] of QUERIES) {
    const query = { filter: parseFilter(text), sort, offset: Math.floor(share * RUNS), limit: 50 }
    const { ms, result } = await median(() => store.find(query))
    process.stderr.write(`  ${name}: ${ms.toFixed(0)} ms, ${result.total} fit\n`)
    results.push({ name, ms })
  }
  await store.close()
  const slowest = results.reduce((a, b) => (b.ms > a.ms ? b : a))
  return [
    row(
      `${RUNS} runs, page of 50, slowest of ${QUERIES.length} queries`,
      `${slowest.ms.toFixed(0)} ms (${slowest.name})`,
      { target: '< 200 ms', reached: slowest.ms < 200 },
    ),
  ]
}

/** What logging costs the program that logs, and drawing the one who looks. */
async function points(folder) {
  const run = await init({
    project: 'scale',
    root: folder,
    database: join(folder, 'points.db'),
  })
  const began = performance.now()
  for (let step = 1; step <= POINTS; step++) {
    run.log({ loss: Math.sin(step / 1000) }, { step })
    // a program that computes gives way now and then: files and database are written meanwhile
    if (step % 1000 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const each = ((performance.now() - began) / POINTS) * 1000
  await run.finish()
  const finished = ((performance.now() - began) / POINTS) * 1000
  const store = await openRunStore({ url, path: join(folder, 'points.db') })
  const { ms, result } = await median(() =>
    store.series(run.id, { metrics: ['loss'], buckets: 500 }),
  )
  await store.close()
  const [series] = result
  if (series?.count !== POINTS) throw new Error(`${series?.count} of ${POINTS} points are stored`)
  return [
    row(
      `${POINTS} metric points, for the caller`,
      `${each.toFixed(2)} us a point (${finished.toFixed(2)} us with finish)`,
      {
        target: '< 5 us',
        reached: each < 5,
      },
    ),
    row(`${POINTS} points drawn from ${series.values.length}`, `${ms.toFixed(0)} ms`, {
      target: '< 100 ms',
      reached: ms < 100,
    }),
  ]
}

/** Two writers and five readers, each a process, without one that is refused. */
async function together(folder) {
  const place = { url, path: join(folder, 'together.db') }
  const kinds = ['write', 'write', ...Array(5).fill('read')]
  const store = await openRunStore(place)
  await store.put(exampleEntry(0))
  await store.close()
  const results = await Promise.all(kinds.map((kind, index) => startWorker(place, kind, index)))
  const sum = (key) => results.reduce((total, result) => total + result[key], 0)
  const slowest = Math.max(...results.map((result) => result.slowest))
  return row(
    `2 writers and 5 readers, ${SECONDS} s, errors`,
    `${sum('errors')} (${sum('writes')} writes, ${sum('reads')} reads, slowest ${slowest.toFixed(0)} ms)`,
    { target: '0', reached: sum('errors') === 0 },
  )
}

function startWorker(place, kind, index) {
  const script = join(import.meta.dirname, 'peers/scale-worker.mjs')
  const job = { place, kind, seconds: SECONDS, name: `${kind}-${index}` }
  const child = spawn(process.execPath, [script, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  return new Promise((resolve, reject) => {
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`a ${kind}r ended with ${code}`)),
    )
  })
}

async function median(work) {
  const times = []
  let result
  for (let i = 0; i < REPEATS; i++) {
    const began = performance.now()
    result = await work()
    times.push(performance.now() - began)
  }
  return { ms: times.sort((a, b) => a - b)[REPEATS >> 1], result }
}
