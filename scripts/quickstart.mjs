/**
 * The main job through the command line: prepare data, train, evaluate. Takes Fashion-MNIST where
 * it can be had, otherwise the embedded sketches. Words given to it are overrides:
 *
 *     npm run quickstart -- hyperparameters.epochs=2
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

const cli = resolve(import.meta.dirname, '../dist/main/atelier.js')
const given = process.argv.slice(2)
const started = performance.now()

const overrides = given.some((word) => /^data=/.test(word))
  ? given
  : [...(await chooseData()), ...given]
atelier('data', 'prepare', ...overrides)
atelier('train', ...overrides)
atelier('evaluate')
tellWhatIsThere()

async function chooseData() {
  const { raw, mirrors, files } = JSON.parse(read('config', '--json', ...given)).data
  const named = process.env.FASHION_MNIST_DIR
  const isThere = (folder) =>
    Object.values(files ?? {}).every(
      ({ name }) => existsSync(join(folder, name)) || existsSync(join(folder, `${name}.gz`)),
    )
  if (named && isThere(named)) return choose('Fashion-MNIST', `from FASHION_MNIST_DIR (${named})`)
  if (named) say(`FASHION_MNIST_DIR is ${named}, which does not hold the four files.`)
  if (raw && isThere(raw)) return choose('Fashion-MNIST', `from ${raw}`)
  const mirror = await firstReachable(mirrors ?? [], files)
  if (mirror) return choose('Fashion-MNIST', `downloaded from ${mirror}`)
  say(
    'Data: the embedded sketches, because Fashion-MNIST is neither here nor can be downloaded now.',
  )
  say('      Set FASHION_MNIST_DIR to a folder with its four files to use it.')
  return ['data=sketch']
}

function choose(what, how) {
  say(`Data: ${what}, ${how}.`)
  return ['data=fashion-mnist']
}

/** A mirror that answers within three seconds. */
async function firstReachable(mirrors, files) {
  const answers = mirrors.map(async (mirror) => {
    const url = `${mirror.replace(/\/$/, '')}/${files.test_labels.name}.gz`
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(3000) })
    if (!response.ok) throw new Error(String(response.status))
    return mirror
  })
  return await Promise.any(answers).catch(() => undefined)
}

function tellWhatIsThere() {
  const seconds = Math.round((performance.now() - started) / 1000)
  const results = ['reports', 'models'].flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true })
          .map((name) => join(folder, String(name)))
          .filter((file) => /report\.html$|model\.onnx$/.test(file))
      : [],
  )
  say(`\nDone in ${seconds} s.`)
  for (const file of results) say(`  ${relative('.', file)}`)
  say('\nNext:')
  say('  npx atelier serve                            the model in service; try it at /ui/')
  say('  npx atelier train recipe=original            the settings of the Python original')
  say('  npx atelier train model.type=mlp seed=7      any setting, by key')
  say('  npx atelier train data=folder data.path=DIR  your own images, one sub-folder per class')
  say('  npx atelier config --keys                    all settings')
}

function atelier(...words) {
  say(`\n$ atelier ${words.join(' ')}`)
  const { status } = spawnSync(process.execPath, [cli, ...words], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

function read(...words) {
  const { status, stdout } = spawnSync(process.execPath, [cli, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status !== 0) process.exit(status ?? 1)
  return stdout
}

function say(text) {
  process.stdout.write(`${text}\n`)
}
