/**
 * Makes a checkout ready: installs the dependencies when package-lock.json changed, compiles when
 * the sources did, and otherwise does nothing, quickly. npm's own hooks are no help, because
 * `ignore-scripts` in .npmrc switches them off together with the install scripts of others.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const INSTALL_STAMP = join(root, 'node_modules', '.atelier-setup')
const BUILD_STAMP = join(root, 'dist', '.atelier-setup')
const WEB_STAMP = join(root, 'dist', 'web', '.atelier-setup')

refuseOldNode()
install()
build()
buildWeb()

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`Atelier needs Node 20.19 or newer; this is ${process.versions.node}.`)
}

function install() {
  const wanted = digest(
    ['package.json', 'package-lock.json'].map((file) => readFileSync(join(root, file))),
  )
  if (readStamp(INSTALL_STAMP) === wanted) return
  say('Installing the dependencies (a minute or two the first time) …')
  // `npm install`, not `npm ci`: the latter refuses lock files without other platforms' packages
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  run(npm, ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
  })
  // npm may have tidied the lock file
  const now = digest(
    ['package.json', 'package-lock.json'].map((file) => readFileSync(join(root, file))),
  )
  writeFileSync(INSTALL_STAMP, now)
}

function build() {
  const sources = [
    ...filesUnder('src').filter((file) => !file.endsWith('.test.ts')),
    ...['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
  ]
  const wanted = digestOfFiles(sources)
  if (readStamp(BUILD_STAMP) === wanted) return
  say('Compiling …')
  // without a stamp the folder is of unknown state: let tsc write every file again
  if (!existsSync(BUILD_STAMP)) rmSync(join(root, 'dist', '.tsbuildinfo'), { force: true })
  removeStale(new Set(sources))
  run(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    'tsconfig.build.json',
  ])
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(BUILD_STAMP, wanted)
}

/** The pages of `atelier ui`. They import types of src, which leave nothing in them. */
function buildWeb() {
  const sources = filesUnder('web').filter((file) => !file.endsWith('.test.ts'))
  const wanted = digestOfFiles([...sources, 'package-lock.json'])
  if (readStamp(WEB_STAMP) === wanted) return
  say('Building the pages …')
  const words = ['build', 'web', '--logLevel', 'warn']
  // whoever sets NODE_ENV, as test runners do, would get pages that look for their files elsewhere
  const env = { ...process.env, NODE_ENV: 'production' }
  run(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), ...words], { env })
  writeFileSync(WEB_STAMP, wanted)
}

/** Of names, sizes and times: reading every file would take longer than most builds save. */
function digestOfFiles(files) {
  return digest(
    files.map((file) => {
      const { size, mtimeMs } = statSync(join(root, file))
      return `${file} ${size} ${mtimeMs}\n`
    }),
  )
}

/** Compiled files whose source is gone would still be imported, packed and published. */
function removeStale(sources) {
  const compiled = /^dist\/(?!web\/).*\.(?:js|d\.ts)$/
  for (const file of filesUnder('dist').filter((name) => compiled.test(name))) {
    const source = file.replace(/^dist/, 'src').replace(/(?:\.d\.ts|\.js)$/, '.ts')
    if (!sources.has(source)) rmSync(join(root, file))
  }
}

function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    ...options,
  })
  if (error) fail(`${command} could not be started: ${error.message}`)
  if (status !== 0) fail(`'${[command, ...args].join(' ')}' failed with exit code ${status}.`)
}

function digest(parts) {
  const hash = createHash('sha256').update(process.versions.modules)
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function say(text) {
  process.stderr.write(`${text}\n`)
}

function fail(text) {
  say(`setup: ${text}`)
  process.exit(1)
}
