import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { trainedModel } from './atelier.mjs'
import { LOG_ROWS, REFERENCE_ROWS, writeTables } from './monitor-tables.mjs'
import { median } from './peer.mjs'
import { startAtelier } from './serve-atelier.mjs'
import { figuresOf, predictLoad, testImages } from './serve-load.mjs'
import { peakRss, startProcess } from './server-process.mjs'
import { row } from './table.mjs'

const CLI = resolve(import.meta.dirname, '../dist/main/atelier.js')
const PYTHON = process.env.BENCH_DRIFT_PYTHON ?? 'python3'
const EVIDENTLY = join(import.meta.dirname, 'peers/evidently_peer.py')
const REPORT_ROUNDS = 5
const CLIENTS = 25
// a shared machine is slower for some seconds and faster for the next: many short turns see the same of it
const LOGGING_ROUNDS = 120
const LOGGING_SECONDS = 0.5

/** In the order of the table. Each returns rows. */
export const monitorSections = { report, logging }

/** Whole commands, start included, in turn: what somebody waits for. */
async function report(work) {
  const folder = join(work, 'monitor')
  mkdirSync(folder, { recursive: true })
  const { log, reference } = writeTables(folder)
  const args = [CLI, 'monitor', 'report', '--log', log, '--reference', reference, '-o', 'report']
  const programs = [() => timed(process.execPath, args, folder)]
  const found = spawnSync(PYTHON, ['-c', 'import evidently'], { stdio: 'ignore' }).status === 0
  if (found)
    programs.push(() => timed(PYTHON, [EVIDENTLY, log, reference, 'evidently.html'], folder))
  else process.stderr.write(`${PYTHON} cannot import evidently: the comparison is left out.\n`)
  const rounds = programs.map(() => [])
  for (let round = 0; round < REPORT_ROUNDS; round++) {
    for (const [i, program] of programs.entries()) rounds[i].push(await program())
  }
  const [ours, theirs] = rounds.map((all) => ({
    seconds: median(all.map(({ seconds }) => seconds)),
    most: median(all.map(({ most }) => most)),
  }))
  const peer = theirs && `${theirs.seconds.toFixed(1)} s, ${theirs.most.toFixed(0)} MB (Evidently)`
  return [
    row(
      `drift report, ${LOG_ROWS.toLocaleString('en')} rows of CSV against ${REFERENCE_ROWS.toLocaleString('en')}`,
      `${ours.seconds.toFixed(1)} s, ${ours.most.toFixed(0)} MB`,
      {
        peer,
        target: '<= 5 s and 500 MB, before the peer',
        reached: ours.seconds <= 5 && ours.most <= 500 && !(theirs?.seconds < ours.seconds),
      },
    ),
  ]
}

/** Runs a command to its end; the most memory it had is in MB (10^6 bytes). */
async function timed(command, args, cwd) {
  const started = performance.now()
  const run = startProcess(command, args, { cwd })
  run.child.stdout.resume()
  const { most } = await peakRss(run, () => once(run.child, 'close'), 50)
  if (run.child.exitCode !== 0) throw new Error(`${command} failed:\n${run.errors()}`)
  return { seconds: (performance.now() - started) / 1000, most }
}

/** The same service with its log in the database and without one, in turn. */
async function logging(work) {
  const { images } = await testImages(work)
  const model = trainedModel(work)
  const servers = [
    await startAtelier(work, model, 'monitoring.log=database'),
    await startAtelier(work, model, 'monitoring.log=null'),
  ]
  try {
    const rates = servers.map(() => [])
    for (let round = -1; round < LOGGING_ROUNDS; round++) {
      // who goes first changes, as what goes second finds a warmer machine
      const order = round % 2 === 0 ? [0, 1] : [1, 0]
      for (const i of order) {
        const load = { pace: { users: CLIENTS }, seconds: LOGGING_SECONDS }
        const { rate } = figuresOf(await predictLoad(servers[i].url, images, load))
        if (round >= 0) rates[i].push(rate)
      }
    }
    const costs = rates[0].map((rate, round) => 1 - rate / rates[1][round])
    const cost = median(costs)
    const [logged, bare] = rates.map(median)
    return [
      row('cost of the prediction log, 25 clients', `${(100 * cost).toFixed(1)} % of throughput`, {
        peer: `${logged.toFixed(0)} req/s with it, ${bare.toFixed(0)} without`,
        target: '<= 5 %',
        reached: cost <= 0.05,
      }),
    ]
  } finally {
    for (const server of servers) await server.stop()
  }
}
