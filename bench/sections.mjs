import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { rawFolder, trainAndTest, trainedModel } from './atelier.mjs'
import { hasTorch, interleave, startPeer } from './peer.mjs'
import { scale } from './scale.mjs'
import { row } from './table.mjs'

const ROOT = resolve(import.meta.dirname, '..')
const PYTHON = process.env.BENCH_PYTHON ?? 'python3'
const DEBIAN_PYTHON = process.env.DEBIAN_PYTHON ?? '/usr/bin/python3'
/** What the Python original reports as its test accuracy. */
const ORIGINAL_ACCURACY = 0.9134

/** In the order of the table. Each returns rows. */
export const sections = {
  original: (work) => accuracyOfSeeds(work, 'original', 0.908),
  default: (work) => accuracyOfSeeds(work, 'default', 0.92),
  accurate,
  throughput,
  fast,
  inference,
  memory,
  tracking,
  scale,
  quickstart,
}

function accuracyOfSeeds(work, recipe, target) {
  const runs = [1, 2, 3].map((seed) => trainAndTest(work, `recipe=${recipe}`, `seed=${seed}`))
  const mean = runs.reduce((sum, { accuracy }) => sum + accuracy, 0) / runs.length
  const each = runs.map(({ accuracy }) => accuracy.toFixed(4)).join(', ')
  const seconds = runs.map((run) => run.wall.toFixed(0)).join(', ')
  return [
    row(
      `recipe=${recipe}, mean test accuracy of 3 seeds`,
      `${mean.toFixed(4)} (${each}; ${seconds} s)`,
      {
        target: `>= ${target}`,
        reached: mean >= target,
      },
    ),
  ]
}

function accurate(work) {
  const { accuracy, wall, parameters } = trainAndTest(work, 'recipe=accurate', 'seed=1')
  return [
    row('recipe=accurate, test accuracy', accuracy.toFixed(4), {
      target: '>= 0.940',
      reached: accuracy >= 0.94,
    }),
    row('recipe=accurate, minutes', (wall / 60).toFixed(1), {
      target: '<= 30',
      reached: wall <= 1800,
    }),
    row('recipe=accurate, parameters', String(parameters), {
      target: '< 1000000',
      reached: parameters < 1e6,
    }),
  ]
}

async function throughput(work) {
  const rows = []
  for (const [python, target] of [
    [PYTHON, 1],
    [DEBIAN_PYTHON, 1.4],
  ]) {
    await withPeers(work, python, async (ours, theirs) => {
      const [a, b] = await interleave([ours, theirs], { do: 'train', steps: 40 }, 8)
      rows.push(ratioRow('training, cnn, batch 64', a, b, theirs.version, target))
    })
  }
  return rows
}

async function inference(work) {
  const rows = []
  await withPeers(work, PYTHON, async (ours, theirs) => {
    const [a, b] = await interleave([ours, theirs], { do: 'infer', batches: 60 }, 8)
    rows.push(ratioRow('inference, cnn, batch 64', a, b, theirs.version, 1.5))
  })
  return rows
}

function ratioRow(what, ours, theirs, version, target) {
  const imagesPerSecond = (ms) => `${((64 / ms) * 1000).toFixed(0)} images/s (${ms.toFixed(2)} ms)`
  return row(
    `${what}, against PyTorch ${version}`,
    `${(theirs / ours).toFixed(2)}x: ${imagesPerSecond(ours)}`,
    {
      peer: imagesPerSecond(theirs),
      target: `>= ${target}x`,
      reached: theirs / ours >= target,
    },
  )
}

async function fast(work) {
  const runs = [1, 2, 3].map((seed) => trainAndTest(work, 'recipe=fast', `seed=${seed}`))
  const sorted = [...runs].sort((a, b) => a.wall - b.wall)
  const { wall } = sorted[1]
  const accuracies = runs.map(({ accuracy }) => accuracy.toFixed(4)).join(', ')
  const reached = runs.every(({ accuracy }) => accuracy >= ORIGINAL_ACCURACY)
  const rows = [
    row('recipe=fast, test accuracy of 3 seeds', accuracies, {
      target: `>= ${ORIGINAL_ACCURACY}`,
      reached,
    }),
  ]
  if (!hasTorch(PYTHON)) return rows
  const peer = await startPeer(PYTHON, [join(ROOT, 'bench/peers/torch_peer.py'), rawFolder()])
  const { history } = await peer.ask({
    do: 'reach',
    accuracy: ORIGINAL_ACCURACY,
    epochs: 12,
    seed: 1,
  })
  peer.stop()
  const last = history.at(-1)
  return [
    ...rows,
    row(
      `seconds to ${ORIGINAL_ACCURACY}, whole command`,
      `${wall.toFixed(1)} s, ${(last.seconds / wall).toFixed(1)}x sooner`,
      {
        peer: `${last.seconds.toFixed(0)} s, ${history.length} epochs to ${last.accuracy.toFixed(4)} (PyTorch ${peer.version}, training only)`,
        target: '>= 4x',
        reached: last.seconds / wall >= 4,
      },
    ),
  ]
}

async function memory(work) {
  const model = trainedModel(work)
  const ours = await startOurs(work, model)
  await ours.ask({ do: 'train', steps: 300 })
  const { mb } = await ours.ask({ do: 'memory' })
  ours.stop()
  const limit = { target: '<= 600 MB', reached: mb <= 600 }
  if (!hasTorch(PYTHON)) return [row('peak memory of training', `${mb.toFixed(0)} MB`, limit)]
  const peer = await startPeer(PYTHON, [join(ROOT, 'bench/peers/torch_peer.py'), rawFolder()])
  await peer.ask({ do: 'train', steps: 300 })
  const theirs = (await peer.ask({ do: 'memory' })).mb
  peer.stop()
  return [
    row('peak memory of training', `${mb.toFixed(0)} MB`, {
      peer: `${theirs.toFixed(0)} MB (PyTorch ${peer.version})`,
      target: '<= 600 MB, below PyTorch',
      reached: mb <= 600 && mb < theirs,
    }),
  ]
}

/** The share of training time that goes to metrics, progress, logging and checkpoints. */
function tracking(work) {
  const { times } = trainAndTest(work, 'recipe=original', 'hyperparameters.epochs=1')
  // the database is written while steps compute: counting it whole is the worst case
  const share = (times.tracking + times.index) / (times.steps + times.batches + times.tracking)
  return [
    row(
      'tracking, its database, progress and logging, share of step time',
      `${(100 * share).toFixed(2)} %`,
      {
        target: '< 2 %',
        reached: share < 0.02,
      },
    ),
  ]
}

/** `npm run quickstart` on a fresh copy of the tracked files, npm install included, embedded data. */
function quickstart() {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-quickstart-'))
  try {
    const clone = join(folder, 'clone')
    run('git', ['clone', '--quiet', ROOT, clone], ROOT)
    const started = performance.now()
    run('npm', ['run', 'quickstart', '--', 'data=sketch'], clone)
    const seconds = (performance.now() - started) / 1000
    return [
      row('quickstart on a bare checkout, embedded data', `${seconds.toFixed(0)} s`, {
        target: '<= 180 s',
        reached: seconds <= 180,
      }),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

/** Runs `measure` with our process and a PyTorch one; does nothing where that PyTorch is missing. */
async function withPeers(work, python, measure) {
  if (!hasTorch(python)) return
  const ours = await startOurs(work, trainedModel(work))
  const theirs = await startPeer(python, [join(ROOT, 'bench/peers/torch_peer.py'), rawFolder()])
  await measure(ours, theirs)
  ours.stop()
  theirs.stop()
}

function startOurs(work, model) {
  const script = join(ROOT, 'bench/peers/atelier-peer.mjs')
  return startPeer(process.execPath, [script, join(work, 'data/processed'), model])
}
