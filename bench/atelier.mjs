/** Runs the command line as a user would, in the bench's own folder. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const cli = resolve(root, 'dist/main/atelier.js')

export function rawFolder() {
  const folder = process.env.FASHION_MNIST_DIR ?? resolve(root, 'data/raw')
  if (!existsSync(folder)) throw new Error(`No Fashion-MNIST in ${folder}: set FASHION_MNIST_DIR.`)
  return resolve(folder)
}

/** The JSON that a command prints; its progress goes to the terminal. */
export function atelier(work, ...args) {
  const { stdout, status } = spawnSync(process.execPath, [cli, ...args, '--json'], {
    cwd: work,
    env: { ...process.env, FASHION_MNIST_DIR: rawFolder() },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(`atelier ${args.join(' ')} ended with ${status}`)
  return JSON.parse(stdout)
}

/** Trains and evaluates one run: the test accuracy, and the seconds spent training. */
export function trainAndTest(work, ...overrides) {
  const started = performance.now()
  const { run, times, manifest, model } = atelier(work, 'train', ...overrides)
  const wall = (performance.now() - started) / 1000
  const { report } = atelier(work, 'evaluate', run.id)
  const result = { accuracy: report.accuracy.value, seconds: run.seconds, wall }
  process.stderr.write(
    `  ${overrides.join(' ')}: ${result.accuracy.toFixed(4)} in ${wall.toFixed(0)} s\n`,
  )
  return { ...result, times, parameters: manifest.parameters, model: resolve(work, model) }
}

/** A cnn bundle for inference: how well it is trained does not matter. */
export function trainedModel(work, name = 'bench', ...overrides) {
  atelier(work, 'data', 'prepare')
  const model = resolve(work, 'models', name, 'model.onnx')
  if (!existsSync(model)) {
    atelier(
      work,
      'train',
      'hyperparameters.epochs=1',
      'model.type=cnn',
      'model.mirror=false',
      `paths.models=models/${name}`,
      ...overrides,
    )
  }
  return model
}
