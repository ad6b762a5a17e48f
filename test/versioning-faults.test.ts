/**
 * Data versions whose process is killed, or whose remote breaks: no torn object, no lost file of the user, and a
 * command that is repeated finishes. A hundred seeds with ATELIER_TEST=full.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../src/core/index.ts'
import { type AtelierHost, startHost } from './support/atelier-host.ts'
import { startAtelier } from './support/atelier-process.ts'
import { readFiles } from './support/dvc-example.ts'
import { startFaultProxy } from './support/fault-proxy.ts'
import { createBuckets } from './support/object-bucket-model.ts'
import { gcsModel, serveGcs } from './support/object-gcs-server.ts'
import { startServer } from './support/object-web-server.ts'
import { FULL } from './support/only-in-full.ts'

const KILLS = FULL ? 90 : 1
const NETWORKS = FULL ? 20 : 1
const FILES = 400
const env = { DVC_GLOBAL_CONFIG_DIR: '/nowhere', DVC_SYSTEM_CONFIG_DIR: '/nowhere' }

let folder = ''
let host: AtelierHost
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-version-faults-'))
  host = startHost()
})
afterAll(async () => {
  await host.stop()
  await rm(folder, { recursive: true, force: true })
})

const contentOf = (seed: number, at: number) =>
  at % 50 === 49 ? Buffer.alloc(400_000, `${seed}-${at} `) : Buffer.from(`${seed} ${at % 300}`)

async function project(seed: number, remote: string): Promise<string> {
  const root = join(folder, `project-${seed}`)
  await mkdir(join(root, '.dvc'), { recursive: true })
  await writeFile(join(root, '.dvc/config'), `[core]\n    no_scm = True\n    remote = r\n${remote}`)
  await mkdir(join(root, 'data/sub'), { recursive: true })
  for (let at = 0; at < FILES; at++)
    await writeFile(
      join(root, 'data', at % 2 === 0 ? 'sub' : '.', `${at}.bin`),
      contentOf(seed, at),
    )
  return root
}

async function data(root: string, ...args: string[]) {
  const { code, stdout, stderr } = await host.run(root, ['data', ...args], env)
  if (code !== 0) throw new Error(`atelier data ${args.join(' ')}: ${code}\n${stderr}`)
  return stdout
}

/** Starts a command and kills it a while after it began to work, by its lock; then what is there must be whole. */
async function killed(root: string, args: readonly string[], afterMs: number): Promise<void> {
  await rm(join(root, '.dvc/tmp/lock'), { force: true })
  const { child, finished } = startAtelier(root, ['data', ...args], { env })
  while (child.exitCode === null && !existsSync(join(root, '.dvc/tmp/lock'))) await sleep(3)
  await Promise.race([sleep(afterMs), finished])
  child.kill('SIGKILL')
  await finished
}

/** Every file under an object's name has the bytes of the name. */
async function expectWhole(root: string): Promise<number> {
  const names = await readdir(root, { recursive: true }).catch(() => [])
  let count = 0
  for (const name of names) {
    if (!/^[0-9a-f]{2}\/[0-9a-f]{30}(?:\.dir)?$/.test(name)) continue
    const path = join(root, name)
    const md5 = createHash('md5')
      .update(await readFile(path))
      .digest('hex')
    expect(`${basename(dirname(path))}${basename(path)}`.slice(0, 32)).toBe(md5)
    count++
  }
  return count
}

const sameFiles = (a: Record<string, string>, b: Record<string, string>) =>
  expect(createHash('md5').update(JSON.stringify(a)).digest('hex')).toBe(
    createHash('md5').update(JSON.stringify(b)).digest('hex'),
  )

describe('data versions of a process that is killed', () => {
  const seeds = Array.from({ length: KILLS }, (_, seed) => seed)
  it.concurrent.each(seeds)(
    'are whole, and the repeated command finishes, with seed %d',
    { timeout: 120_000 },
    async (seed) => {
      const random = createRandom(seed, 'shuffle')
      const moment = () => random.integer(250)
      const remote = join(folder, `remote-${seed}`)
      const root = await project(seed, `['remote "r"']\n    url = ${remote}\n`)
      const before = await readFiles(join(root, 'data'))
      await killed(root, ['add', 'data'], moment())
      await expectWhole(join(root, '.dvc/cache/files/md5'))
      sameFiles(await readFiles(join(root, 'data')), before)
      await data(root, 'add', 'data')
      await killed(root, ['push'], moment())
      await expectWhole(join(remote, 'files/md5'))
      await expectListingsComplete(join(remote, 'files/md5'))
      await data(root, 'push')
      const copy = join(folder, `copy-${seed}`)
      await mkdir(join(copy, '.dvc'), { recursive: true })
      for (const name of ['.dvc/config', 'data.dvc'])
        await writeFile(join(copy, name), await readFile(join(root, name)))
      await killed(copy, ['pull'], moment())
      await expectWhole(join(copy, '.dvc/cache/files/md5'))
      await data(copy, 'pull')
      sameFiles(await readFiles(join(copy, 'data')), before)
      await data(copy, 'status', '--cloud')
      expect(await data(copy, 'status')).toBe('Data is up to date.\n')
      await rm(root, { recursive: true })
      await rm(copy, { recursive: true })
    },
  )
})

/** A listing on a remote says that all of its files are there. */
async function expectListingsComplete(root: string): Promise<void> {
  const names = await readdir(root, { recursive: true }).catch(() => [])
  for (const name of names.filter((one) => one.endsWith('.dir'))) {
    const entries: { md5: string }[] = JSON.parse(await readFile(join(root, name), 'utf8'))
    for (const { md5 } of entries) await stat(join(root, md5.slice(0, 2), md5.slice(2)))
  }
}

describe('data versions behind a broken network', () => {
  const seeds = Array.from({ length: NETWORKS }, (_, seed) => 1000 + seed)
  it.concurrent.each(seeds)(
    'travel whole in the end, with seed %d',
    { timeout: 120_000 },
    async (seed) => {
      const model = gcsModel(createBuckets('bucket'))
      const server = await startServer(serveGcs(model))
      const proxy = await startFaultProxy(server.url, seed, 0.02)
      try {
        const remote = `['remote "r"']\n    url = gs://bucket/x\n    endpointurl = ${proxy.url}\n`
        const root = await project(seed, remote)
        await rm(join(root, 'data/sub'), { recursive: true })
        const before = await readFiles(join(root, 'data'))
        await data(root, 'add', 'data')
        const first = startAtelier(root, ['data', 'push'], { env })
        await Promise.race([sleep(2000), first.finished])
        first.child.kill('SIGKILL')
        await first.finished
        proxy.calm()
        await data(root, 'push')
        const copy = join(folder, `network-${seed}`)
        await mkdir(join(copy, '.dvc'), { recursive: true })
        for (const name of ['.dvc/config', 'data.dvc'])
          await writeFile(join(copy, name), await readFile(join(root, name)))
        await data(copy, 'pull')
        sameFiles(await readFiles(join(copy, 'data')), before)
        await expectWhole(join(copy, '.dvc/cache/files/md5'))
      } finally {
        await proxy.close()
        await server.close()
      }
    },
  )
})
