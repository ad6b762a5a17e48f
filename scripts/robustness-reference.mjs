/**
 * Trains the Python original's model anew and measures its errors on the corrupted test split of
 * Fashion-MNIST: what `atelier robustness` measures other models by. Writes
 * src/robustness/original-errors.ts. Wants the compiled command (`npm run build`) and some minutes.
 *
 *     FASHION_MNIST_DIR=… node scripts/robustness-reference.mjs
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const target = join(root, 'src/robustness/original-errors.ts')
const overrides = ['recipe=original', 'seed=42']
const folder = mkdtempSync(join(tmpdir(), 'atelier-reference-'))
try {
  const { run } = atelier('train', ...overrides)
  const { report } = atelier('robustness', run.id)
  const manifest = join(
    folder,
    `data/processed/corrupted/test-${report.dataset.size}/manifest.json`,
  )
  writeFileSync(target, source(run, report, JSON.parse(readFileSync(manifest, 'utf8'))))
  spawnSync('npx', ['biome', 'check', '--write', target], { cwd: root, stdio: 'inherit' })
} finally {
  rmSync(folder, { recursive: true })
}

function atelier(...words) {
  const command = [join(root, 'dist/main/atelier.js'), ...words, '--json']
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 }
  const { status, stdout } = spawnSync(process.execPath, command, {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`atelier ${words.join(' ')} ended with ${status}`)
  return JSON.parse(stdout)
}

function source(run, report, sets) {
  const { libraries, cpu, node } = run.environment
  const errors = {
    clean: rounded(1 - report.clean.accuracy),
    corrupted: Object.fromEntries(
      report.corruptions.map(({ name, severities }) => [
        name,
        severities.map(({ accuracy }) => rounded(1 - accuracy)),
      ]),
    ),
  }
  const value = {
    name: 'the original’s CNN',
    weight_digest: report.model.weight_digest,
    clean_sha256: sets.clean_sha256,
    seed: report.seed,
    errors,
  }
  return `/**
 * Written by scripts/robustness-reference.mjs, not by hand.
 *
 * - \`atelier train ${overrides.join(' ')}\`: ${run.epochs} epochs, ${report.model.parameters} parameters
 * - ${report.dataset.name}, test split, ${report.dataset.size} images, data ${report.dataset.digest}
 * - atelier ${libraries.atelier}, onnxruntime-node ${libraries['onnxruntime-node']}, Node ${node}, ${cpu}, ${run.created.slice(0, 10)}
 */
import type { ErrorTable } from '../contracts/index.ts'

/** Error rates of the Python original's model, and what they were measured on. */
export const originalErrors: {
  readonly name: string
  readonly weight_digest: string
  /** Of the clean pixels. */
  readonly clean_sha256: string
  /** Of the corruptions. */
  readonly seed: number
  readonly errors: ErrorTable
} = ${JSON.stringify(value, null, 2)}
`
}

/** Errors are counts of images over their number. */
function rounded(error) {
  return Number(error.toFixed(6))
}
