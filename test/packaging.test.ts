/** The packed tarball as a stranger meets it: an empty project, npm's defaults, install scripts on. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FULL } from './support/only-in-full.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '..')
const MINUTES = 60_000

describe.runIf(FULL)('the packed package (installs from the registry: ATELIER_TEST=full)', () => {
  let project = ''
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'atelier-pack-'))
    await run(process.execPath, ['scripts/setup.mjs'], { cwd: root })
    await run('npm', ['pack', '--pack-destination', project], { cwd: root })
    await writeFile(join(project, 'package.json'), '{"name":"someone","private":true}')
    const tarball = (await readdir(project)).find((file) => file.endsWith('.tgz'))!
    // not `--ignore-scripts`: onnxruntime-node's own script must not break a plain install
    await run('npm', ['install', `./${tarball}`, '--ignore-scripts=false'], { cwd: project })
  }, 8 * MINUTES)
  afterAll(() => rm(project, { recursive: true, force: true }))

  const atelier = (...args: string[]) =>
    run('npx', ['--no-install', 'atelier', ...args], { cwd: project })

  it('installs without a compiler or a download and shows its help', async () => {
    expect((await atelier('--help')).stdout).toContain('Usage: atelier <command>')
  })

  it('finds its own configuration and works', async () => {
    const { stdout } = await atelier('config', 'data=sketch', '--json')
    expect(JSON.parse(stdout).data.name).toBe('sketch')
    await atelier(
      'data',
      'prepare',
      'data=sketch',
      'data.train=600',
      'data.test=100',
      'data.validation=100',
    )
    expect(await readdir(join(project, 'data/processed/sketch'))).toContain('dataset.json')
  })

  it('logs runs of other programs', async () => {
    const program = `import * as atelier from 'atelier'
      const run = await atelier.init({ project: 'mine', config: { lr: 0.1 } })
      run.log({ loss: 0.5 }, { step: 1 })
      await run.finish()`
    await writeFile(join(project, 'program.mjs'), program)
    await run(process.execPath, ['program.mjs'], { cwd: project })
    const { stdout } = await atelier('runs', 'ls', '--json')
    expect(stdout).toContain('"mine"')
  })

  it('serves its pages', async () => {
    const command = join(project, 'node_modules/.bin/atelier')
    const started = spawn(command, ['ui', '--port', '0', '--json'], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [chunk] = (await once(started.stdout, 'data')) as [Buffer]
      const { url } = JSON.parse(chunk.toString()) as { url: string }
      const page = await (await fetch(url)).text()
      const [, script] = /src="(\.\/assets\/[^"]+\.js)"/.exec(page)!
      expect((await fetch(new URL(script!, url))).status).toBe(200)
    } finally {
      started.kill('SIGINT')
    }
  })

  it('carries no tests, sources or build leftovers', async () => {
    const folder = join(project, 'node_modules/atelier')
    const files = await readdir(folder, { recursive: true })
    expect(
      files.filter((file) => /^dist\/.*\.test\.|tsbuildinfo|\.atelier-setup|^src|^test/.test(file)),
    ).toEqual([])
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    expect(files).toContain(manifest.bin.atelier.replace('./', ''))
  })
})
