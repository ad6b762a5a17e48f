/**
 * Asks the real tools again: runs every test/golden/*.py beside a copy of itself and compares what
 * it writes with the committed numbers, which the test suite compares with ours. Then lets them open
 * what we write: every test/conformance/*.py gets Node and the compiled command as arguments. PYTHON
 * may be several, as PATH is, for tools that cannot live together: each script is run by the first that
 * has its packages. A script for which none has them is named and left out.
 *
 *     PYTHON=.venv/bin/python:.venv-older/bin/python npm run conformance [-- NAME…]
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join, resolve } from 'node:path'

const golden = resolve(import.meta.dirname, '../test/golden')
const live = resolve(import.meta.dirname, '../test/conformance')
const cli = resolve(import.meta.dirname, '../dist/main/atelier.js')
const pythons = (process.env.PYTHON || 'python3').split(delimiter)
/** Other versions may differ in the last digits. */
const TOLERANCE = { absolute: 1e-6, relative: 1e-5 }
/** Where a golden file records who made it. */
const RECORD = /^(?:made_by|tools?|tool_versions|versions?|python)$/

const wanted = process.argv.slice(2)
const results = [
  ...scriptsIn(golden).map((name) => ({ name, ...checkGolden(name) })),
  ...scriptsIn(live).map((name) => ({ name, ...checkLive(name) })),
]
for (const { name, state, detail } of results) {
  process.stdout.write(`${state.padEnd(8)} ${name}${detail ? `: ${detail}` : ''}\n`)
}
const count = (state) => results.filter((result) => result.state === state).length
process.stdout.write(
  `${count('equal')} equal, ${count('differs')} different, ${count('missing')} without their Python packages\n`,
)
process.exitCode = count('differs') > 0 || results.length === 0 ? 1 : 0

function scriptsIn(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.py'))
    .map((file) => basename(file, '.py'))
    .filter((name) => wanted.length === 0 || wanted.includes(name))
}

function checkGolden(name) {
  return inEmptyFolder((folder) => {
    copyFileSync(join(golden, `${name}.py`), join(folder, `${name}.py`))
    return runPython(folder, [join(folder, `${name}.py`)]) ?? compare(name, folder)
  })
}

function checkLive(name) {
  return inEmptyFolder((folder) => {
    const failure = runPython(folder, [join(live, `${name}.py`), process.execPath, cli])
    return failure ?? { state: 'equal' }
  })
}

function inEmptyFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-conformance-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What went wrong, if anything did. */
function runPython(cwd, args) {
  const missing = []
  for (const python of pythons) {
    const failure = runOne(python, cwd, args)
    if (failure?.state !== 'missing') return failure
    missing.push(failure.detail)
  }
  return { state: 'missing', detail: [...new Set(missing)].join('; ') }
}

function runOne(python, cwd, args) {
  const options = { cwd, encoding: 'utf8' }
  const { status, stderr, error } = spawnSync(python, ['-W', 'ignore', ...args], options)
  if (error) return { state: 'missing', detail: `'${python}' cannot be run` }
  const missing = /ModuleNotFoundError: No module named '([^']+)'/.exec(stderr)
  if (missing) return { state: 'missing', detail: `needs the Python package ${missing[1]}` }
  if (status !== 0) return { state: 'differs', detail: stderr.trim().split('\n').at(-1) }
  return undefined
}

function compare(name, folder) {
  const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
  const differences = []
  collect(read(join(golden, `${name}.json`)), read(join(folder, `${name}.json`)), '', differences)
  if (differences.length === 0) return { state: 'equal' }
  const more = differences.length > 3 ? ` and ${differences.length - 3} more` : ''
  return { state: 'differs', detail: `${differences.slice(0, 3).join('; ')}${more}` }
}

function collect(ours, theirs, path, differences) {
  if (RECORD.test(path.slice(path.lastIndexOf('.') + 1))) return
  if (typeof ours === 'number' && typeof theirs === 'number') {
    const limit = TOLERANCE.absolute + TOLERANCE.relative * Math.abs(ours)
    if (Math.abs(ours - theirs) > limit)
      differences.push(`${path}: committed ${ours}, now ${theirs}`)
  } else if (isTree(ours) && isTree(theirs)) {
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)])
    for (const key of keys) collect(ours[key], theirs[key], `${path}.${key}`, differences)
  } else if (ours !== theirs) {
    const short = (value) => String(JSON.stringify(value)).slice(0, 40)
    differences.push(`${path}: committed ${short(ours)}, now ${short(theirs)}`)
  }
}

function isTree(value) {
  return typeof value === 'object' && value !== null
}
