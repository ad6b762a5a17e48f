import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest } from '../dist/bundle/index.js'
import { trainedModel } from './atelier.mjs'
import { median } from './peer.mjs'
import { startAtelier } from './serve-atelier.mjs'
import { figuresOf, loadText, predictLoad, testImages } from './serve-load.mjs'
import { overload } from './serve-overload.mjs'
import { hasFastapi, startFastapi } from './serve-peer.mjs'
import { reload } from './serve-reload.mjs'
import { peakRss, sleep } from './server-process.mjs'
import { row } from './table.mjs'

const CLIENTS = 25
const ROUNDS = 5

/** In the order of the table. Each returns rows. */
export const serveSections = { throughput, raw, open, overload, reload, start, memory }

async function throughput(work) {
  const { images } = await testImages(work)
  const model = trainedModel(work)
  const servers = []
  try {
    servers.push(await startAtelier(work, model))
    if (hasFastapi()) {
      // at its best: with as many threads as PyTorch chooses, or with one
      for (const threads of [undefined, 1]) {
        servers.push(await startFastapi(weightsOf(work, model), threads))
      }
    }
    const [ours, ...theirs] = (await inTurn(servers, images, ROUNDS, 6)).map(middle)
    const rates = theirs.map(({ rate }) => rate)
    const best = rates.indexOf(Math.max(...rates))
    return throughputRows(ours, theirs[best], servers[best + 1]?.version)
  } finally {
    for (const server of servers) await server.stop()
  }
}

/** The weights of the run that a model came from. */
function weightsOf(work, model) {
  return join(work, 'runs', readManifest(readFileSync(model)).run_id, 'weights.safetensors')
}

/** Loads each server in turn, round after round; what comes first warms it up. */
async function inTurn(servers, images, rounds, seconds) {
  const figures = servers.map(() => [])
  const load = (url, length) =>
    predictLoad(url, images, { pace: { users: CLIENTS }, seconds: length }).then(figuresOf)
  for (const { url } of servers) await load(url, 2)
  for (let round = 0; round < rounds; round++) {
    for (const [i, { url, version = 'atelier' }] of servers.entries()) {
      const measured = await load(url, seconds)
      process.stderr.write(`  ${version}: ${loadText(measured)}\n`)
      figures[i].push(measured)
    }
  }
  return figures
}

/** The median of each figure over the rounds. */
function middle(rounds) {
  const names = Object.keys(rounds[0])
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((one) => one[name]))]))
}

function throughputRows(ours, theirs, version) {
  const what = `predictions of PNGs in a form, ${CLIENTS} clients`
  if (theirs === undefined) return [row(what, loadText(ours))]
  const ratio = ours.rate / theirs.rate
  const peer = `${loadText(theirs)} (FastAPI, ${version})`
  return [
    row(what, `${ratio.toFixed(1)}x: ${loadText(ours)}`, {
      peer,
      target: '>= 10x',
      reached: ratio >= 10,
    }),
    row('its p99 latency, against the peer’s median', `${ours.p99.toFixed(1)} ms`, {
      peer: `${theirs.p50.toFixed(1)} ms`,
      target: 'below',
      reached: ours.p99 < theirs.p50,
    }),
  ]
}

async function raw(work) {
  const { images } = await testImages(work)
  return withOurs(work, async ({ url }) => {
    const load = (seconds) =>
      predictLoad(url, images, { pace: { users: CLIENTS }, seconds, body: 'raw' }).then(figuresOf)
    await load(2)
    const rounds = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await load(6))
    const figures = middle(rounds)
    return [
      row(`predictions of PNGs as they are, ${CLIENTS} clients`, loadText(figures), {
        target: '>= 4000 req/s, hoped for 6000',
        reached: figures.rate >= 4000,
      }),
      row('CPU of the client, of those cores', `${figures.cpu.toFixed(0)} µs a request`, {
        target: '<= 25 µs',
        reached: figures.cpu <= 25,
      }),
    ]
  })
}

/** A constant rate for three minutes; a stall would show in the latencies of all that was due in it. */
async function open(work) {
  const { images } = await testImages(work)
  return withOurs(work, async ({ url }) => {
    await predictLoad(url, images, { pace: { users: CLIENTS }, seconds: 2 })
    const peak = figuresOf(
      await predictLoad(url, images, { pace: { users: CLIENTS }, seconds: 10 }),
    )
    const pace = { rate: Math.round(peak.rate / 2), connections: 256 }
    const { total, failures } = await predictLoad(url, images, { pace, seconds: 180 })
    const { p50, p99, p99_9 } = total.latency
    const kinds = failures.map(({ kind, count }) => `, ${count} ${kind}`).join('')
    return [
      row(
        `${pace.rate} req/s, half of what it can, for 3 minutes`,
        `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, p99.9 ${p99_9.toFixed(1)} ms; ${total.failures} errors${kinds}`,
        {
          target: '0 errors, p99 <= 5 x p50',
          reached: total.failures === 0 && p99 <= 5 * p50,
        },
      ),
    ]
  })
}

async function start(work) {
  const model = trainedModel(work)
  const times = []
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startAtelier(work, model)
    times.push(server.readyMs)
    await server.stop()
  }
  const middleMs = median(times)
  return [
    row('from start to ready, model on disk', `${(middleMs / 1000).toFixed(2)} s`, {
      target: '<= 1 s',
      reached: middleMs <= 1000,
    }),
  ]
}

async function memory(work) {
  const { images } = await testImages(work)
  return withOurs(work, async (server) => {
    await sleep(3000)
    const rest = server.rss()
    const load = { pace: { users: CLIENTS }, seconds: 20 }
    const { result, most } = await peakRss(server, () => predictLoad(server.url, images, load))
    figuresOf(result)
    return [
      row('memory at rest', `${rest.toFixed(0)} MB`, {
        target: '<= 200 MB',
        reached: rest <= 200,
      }),
      row(`memory with ${CLIENTS} clients, at most`, `${most.toFixed(0)} MB`, {
        target: '<= 400 MB',
        reached: most <= 400,
      }),
    ]
  })
}

async function withOurs(work, measure) {
  const server = await startAtelier(work, trainedModel(work))
  try {
    return await measure(server)
  } finally {
    await server.stop()
  }
}
