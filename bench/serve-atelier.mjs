/** All that the benchmarks know of how our service is started, and how its model is changed. */
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { folderArtifactStore, openRegistry } from '../dist/registry/index.js'
import { atelier } from './atelier.mjs'
import { startProcess, whenReady } from './server-process.mjs'

const CLI = resolve(import.meta.dirname, '../dist/main/atelier.js')
const MODEL = 'bench'
const ALIAS = 'production'

/** Starts `atelier serve` with a model's path or address, in a folder. Settings are overrides. */
export async function startAtelier(cwd, model, ...overrides) {
  const args = [CLI, 'serve', model, '--port', '0', '--json', ...overrides]
  const server = startProcess(process.execPath, args, { cwd })
  const line = createInterface({ input: server.child.stdout })[Symbol.asyncIterator]().next()
  const { value } = await line
  if (value === undefined) throw new Error(`atelier serve did not start:\n${server.errors()}`)
  const url = new URL(JSON.parse(value).url)
  await whenReady(new URL('ready', url), server)
  const readyMs = server.sinceStart()
  server.child.stdout.resume()
  return { ...server, url, readyMs }
}

/** Registers models as versions 1, 2 … of one name in a new registry; the alias points to the first. */
export async function registerModels(work, paths) {
  const cwd = join(work, 'serve-registry')
  rmSync(cwd, { recursive: true, force: true })
  mkdirSync(cwd, { recursive: true })
  for (const path of paths) atelier(cwd, 'models', 'register', path, '--name', MODEL)
  const registry = await openRegistry(
    { url: process.env.DATABASE_URL, path: join(cwd, '.atelier/atelier.db') },
    { store: folderArtifactStore(join(cwd, 'models/registry')) },
  )
  const pointTo = (version) =>
    registry.setAlias({ name: MODEL, alias: ALIAS, version, actor: 'bench' })
  await pointTo(1)
  return { cwd, uri: `models:/${MODEL}@${ALIAS}`, pointTo, close: () => registry.close() }
}

/** Which registered version an answer of POST /predict came from. */
export const versionOf = (answer) => answer.model.version
