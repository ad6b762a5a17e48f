/**
 * Versions of many small files, measured against Python's DVC: each step by each side in turn, round by round.
 *
 *     npm run bench:data                       70,000 files, 3 rounds (about 20 minutes on 2 cores)
 *     npm run bench:data -- 5000 1             fewer files and rounds
 *     npm run bench:data -- large 5            one file of 5 GB: seconds, and the most memory used
 *
 * Peer: BENCH_PYTHON (default python3) with dvc. Nothing is deleted while something is measured: ext4 is slow to make
 * files for minutes after many were deleted.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomFillSync } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { median } from './peer.mjs'
import { printTable, row } from './table.mjs'

const cli = resolve(import.meta.dirname, '../dist/main/atelier.js')
const python = process.env.BENCH_PYTHON || 'python3'
const WANTED = 5
const sides = {
  atelier: [process.execPath, cli, 'data'],
  dvc: [python, '-m', 'dvc'],
}
const STEPS = ['add', 'status', 'push', 'pull', 'status again']

const folder = mkdtempSync(join(tmpdir(), 'atelier-bench-data-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const env = {
  ...process.env,
  DVC_NO_ANALYTICS: '1',
  DVC_GLOBAL_CONFIG_DIR: join(folder, 'none'),
  DVC_SYSTEM_CONFIG_DIR: join(folder, 'none'),
  DVC_SITE_CACHE_DIR: join(folder, 'site'),
}
const [first, second] = process.argv.slice(2)
if (first === 'large') await measureLarge(Number(second ?? 5))
else await measureSmall(Number(first ?? 70_000), Number(second ?? 3))

async function measureSmall(files, rounds) {
  const hasDvc = spawnSync(python, ['-c', 'import dvc'], { stdio: 'ignore' }).status === 0
  if (!hasDvc) process.stderr.write(`${python} cannot import dvc: the comparison is left out.\n`)
  const names = Object.keys(sides).filter((side) => side !== 'dvc' || hasDvc)
  const seconds = Object.fromEntries(names.map((side) => [side, STEPS.map(() => [])]))
  for (let round = 0; round < rounds; round++) {
    const places = names.map((side) => ({ side, ...makeProject(`${side}-${round}`, files) }))
    for (const [at, step] of STEPS.entries()) {
      // the order turns, so that neither side always finds the disk as the other left it
      const order = round % 2 === 0 ? places : [...places].reverse()
      for (const { side, root, copy } of order) {
        if (step === 'pull') copyFileSync(join(root, 'data.dvc'), join(copy, 'data.dvc'))
        const inCopy = step === 'pull' || step === 'status again'
        const args = step === 'add' ? ['add', 'data'] : [step.split(' ')[0]]
        const taken = await run(sides[side], args, inCopy ? copy : root)
        seconds[side][at].push(taken)
        process.stderr.write(`round ${round + 1} ${side} ${step}: ${taken.toFixed(2)} s\n`)
      }
    }
  }
  const rows = STEPS.map((step, at) => {
    const ours = median(seconds.atelier[at])
    const text = `${ours.toFixed(2)} s`
    if (!hasDvc) return row(`${step}, ${files} files`, text)
    const theirs = median(seconds.dvc[at])
    const ratio = theirs / ours
    return row(`${step}, ${files} files`, `${text} (${ratio.toFixed(1)}×)`, {
      ...{ peer: `${theirs.toFixed(2)} s`, target: `≥ ${WANTED}×`, reached: ratio >= WANTED },
    })
  })
  process.exitCode =
    printTable(['data'], { data: { rows, measured: new Date().toISOString() } }) > 0 ? 1 : 0
}

/** A project with files like small pictures, an empty one beside it to pull into, and a folder as remote. */
function makeProject(name, files) {
  const [root, copy] = [join(folder, name), join(folder, `${name}-copy`)]
  for (const place of [root, copy]) {
    mkdirSync(join(place, '.dvc'), { recursive: true })
    const config = `[core]\n    no_scm = True\n    remote = r\n['remote "r"']\n    url = ${join(folder, `${name}-remote`)}\n`
    writeFileSync(join(place, '.dvc/config'), config)
  }
  for (let at = 0; at < 10; at++) mkdirSync(join(root, 'data', String(at)), { recursive: true })
  for (let at = 0; at < files; at++) {
    const bytes = createHash('shake256', { outputLength: 400 + (at % 400) })
      .update(String(at))
      .digest()
    writeFileSync(join(root, 'data', String(at % 10), `${String(at).padStart(5, '0')}.png`), bytes)
  }
  return { root, copy }
}

/** Seconds; a failure ends the bench. */
function run([program, ...start], args, cwd, watch = () => {}) {
  return new Promise((done, fail) => {
    const begun = performance.now()
    const child = spawn(program, [...start, ...args], {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const timer = setInterval(() => watch(child.pid), 50)
    let log = ''
    child.stderr.on('data', (chunk) => {
      log = (log + chunk).slice(-4000)
    })
    child.once('error', fail)
    child.once('close', (code) => {
      clearInterval(timer)
      if (code === 0) done((performance.now() - begun) / 1000)
      else fail(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${log}`))
    })
  })
}

/** The most memory that a process had so far, in KiB, where the system tells. */
function mostMemory(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** One large file: added, pushed and pulled with the memory that this needs. */
async function measureLarge(gigabytes) {
  const { root, copy } = makeProject('large', 0)
  const file = openSync(join(root, 'data/large.bin'), 'wx')
  const piece = Buffer.alloc(64 << 20)
  for (let at = 0; at < (gigabytes * 1e9) / piece.length; at++)
    writeSync(file, randomFillSync(piece))
  closeSync(file)
  const rows = []
  for (const [step, cwd] of [
    ['add', root],
    ['push', root],
    ['pull', copy],
  ]) {
    if (step === 'pull') copyFileSync(join(root, 'data.dvc'), join(copy, 'data.dvc'))
    const args = step === 'add' ? ['add', 'data'] : [step]
    let kilobytes = 0
    const taken = await run(sides.atelier, args, cwd, (pid) => {
      kilobytes = Math.max(kilobytes, mostMemory(pid))
    })
    const megabytes = kilobytes / 1024
    const text = `${taken.toFixed(1)} s, ${megabytes.toFixed(0)} MiB`
    rows.push(
      row(`${step}, one file of ${gigabytes} GB`, text, {
        target: '≤ 250 MiB',
        reached: megabytes <= 250,
      }),
    )
  }
  printTable(['large'], { large: { rows, measured: new Date().toISOString() } })
}
