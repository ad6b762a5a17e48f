import { atelier, trainedModel } from './atelier.mjs'
import { registerModels, startAtelier, versionOf } from './serve-atelier.mjs'
import { predictLoad, testImages } from './serve-load.mjs'
import { row } from './table.mjs'

const RELOADS = 1000
const CLIENTS = 10
/** The load ends by itself, should an alias never be followed. */
const MOST_SECONDS = 1200
/** Between a model in a batch and alone. */
const TOLERANCE = 1e-5

/**
 * An alias goes to and fro between two models, and is moved again as soon as an answer shows the
 * new one. Every answer is held against what `atelier predict` says with the version it names.
 */
export async function reload(work) {
  const { folder, images } = await testImages(work)
  const paths = [trainedModel(work), trainedModel(work, 'bench-other', 'seed=2')]
  const expected = paths.map((path) => expectedOf(work, path, folder))
  const registered = await registerModels(work, paths)
  const server = await startAtelier(registered.cwd, registered.uri, 'serving.alias_seconds=0.05')
  try {
    const judge = createJudge(images, expected)
    const done = new AbortController()
    let [moves, target] = [0, 1]
    let moving = Promise.resolve()
    const onAnswer = (answer) => {
      const version = judge.check(answer)
      if (version !== target || done.signal.aborted) return
      if (moves > 0 && moves % 100 === 0) process.stderr.write(`  ${moves} reloads\r`)
      if (moves === RELOADS) return done.abort()
      moves++
      target = 3 - target
      const next = target
      moving = moving.then(() => registered.pointTo(next))
    }
    const load = { pace: { users: CLIENTS }, seconds: MOST_SECONDS, onAnswer, signal: done.signal }
    const { total, failures, seconds } = await predictLoad(server.url, images, load)
    await moving
    return reloadRows({ moves, seconds, total, failures, ...judge.counts })
  } finally {
    await server.stop()
    await registered.close()
  }
}

/** The probabilities of each image by file name, as the command line answers. */
function expectedOf(work, model, folder) {
  const answers = atelier(work, 'predict', folder, '--model', model)
  return new Map(
    answers.map(({ filename, all_probabilities }) => [
      filename.split(/[\\/]/).at(-1),
      all_probabilities,
    ]),
  )
}

/** Counts answers that are not those of the version they name; `check` gives that version. */
function createJudge(images, expected) {
  const counts = { wrong: 0, checked: 0 }
  return {
    counts,
    check: ({ request, status, body }) => {
      if (status !== 200) return undefined
      const answer = JSON.parse(body)
      const version = versionOf(answer)
      const wanted = expected[version - 1]?.get(images[request].name)
      const right =
        wanted !== undefined &&
        Object.entries(wanted).every(
          ([name, share]) => Math.abs(answer.all_probabilities[name] - share) <= TOLERANCE,
        )
      counts.checked++
      if (!right) counts.wrong++
      return version
    },
  }
}

function reloadRows({ moves, seconds, total, failures, wrong, checked }) {
  const kinds = failures.map(({ kind, count }) => `, ${count} ${kind}`).join('')
  return [
    row(
      `${moves} hot reloads under load (${((1000 * seconds) / moves).toFixed(0)} ms each)`,
      `${total.failures} of ${total.requests} requests failed${kinds}`,
      {
        target: `0 failed, ${RELOADS} reloads`,
        reached: total.failures === 0 && moves === RELOADS,
      },
    ),
    row('answers not of the version they name', `${wrong} of ${checked}`, {
      target: '0',
      reached: wrong === 0 && checked > 0,
    }),
  ]
}
