/** Data versions beside the real DVC on remotes of both clouds, emulated; only with ATELIER_TEST=full. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  cloneProject,
  createProject,
  type Hosts,
  oddFiles,
  type Project,
  readFiles,
  startHosts,
  writeFiles,
} from './support/dvc-example.ts'
import {
  type Emulator,
  hasFakeGcs,
  hasMoto,
  startFakeGcs,
  startMoto,
} from './support/object-emulators.ts'
import { missingPython } from './support/python-tools.ts'

const MINUTES = 240_000
const sides = ['ours', 'dvc'] as const
type Side = (typeof sides)[number]
const other = (side: Side): Side => (side === 'ours' ? 'dvc' : 'ours')

interface Cloud {
  readonly scheme: string
  readonly leftOut: string
  start(): Promise<Emulator>
  env(url: string): NodeJS.ProcessEnv
}

const without = (leftOut: string, has: () => boolean, what: string) =>
  leftOut === '' && !has() ? ` (left out: no ${what})` : leftOut

const clouds: readonly Cloud[] = [
  {
    scheme: 's3',
    leftOut: without(missingPython('dvc', 'dvc_s3'), hasMoto, 'Python package moto[server]'),
    start: () => startMoto('bucket'),
    env: () => ({
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'key',
      AWS_DEFAULT_REGION: 'us-east-1',
    }),
  },
  {
    scheme: 'gs',
    leftOut: without(
      missingPython('dvc', 'dvc_gs'),
      hasFakeGcs,
      'fake-gcs-server on the path or in FAKE_GCS_SERVER',
    ),
    start: () => startFakeGcs('bucket'),
    env: (url) => ({ STORAGE_EMULATOR_HOST: url }),
  },
]

/** Every kind of thing that is tracked: the rows of the table in docs/data-versions.md. */
const rows: readonly (readonly [string, (made: Project, side: Side) => Promise<void>])[] = [
  ['one file', (made, side) => added(made, side, { 'one.txt': 'one\n' }, ['one.txt'])],
  ['an empty file', (made, side) => added(made, side, { none: '' }, ['none'])],
  [
    'a folder with odd and unicode names, empty files and folders, twins, deep ones',
    (made, side) => added(made, side, prefixed('data', oddFiles), ['data']),
  ],
  [
    'files and folders in folders',
    (made, side) =>
      added(made, side, { 'a/b/one.csv': '1', 'a/c/two/x': '2', 'a/c/two/y': '3' }, [
        'a/b/one.csv',
        'a/c/two',
      ]),
  ],
  [
    'what git ignores by a rule of its own',
    async (made, side) => {
      await writeFiles(made.root, { '.gitignore': '*.bin\n' })
      await added(made, side, { 'x.bin': 'x', 'd/y.bin': 'y' }, ['x.bin', 'd'])
    },
  ],
  [
    'a file of more than one part',
    (made, side) => added(made, side, { large: new Uint8Array(9 << 20).fill(7) }, ['large']),
  ],
]

const prefixed = (folder: string, files: typeof oddFiles) =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${folder}/${name}`, bytes]))

async function added(
  made: Project,
  side: Side,
  files: typeof oddFiles,
  targets: readonly string[],
): Promise<void> {
  await writeFiles(made.root, files)
  await made[side]('add', ...targets)
}

/** Neither side sees a difference, in the workspace and on the remote. */
async function expectSynced({ ours, dvc }: Project): Promise<void> {
  expect(await ours('status')).toMatch(/^Data is up to date/)
  await ours('status', '--cloud')
  expect(await dvc('status')).toContain('up to date')
  expect(await dvc('status', '-c')).toContain('in sync')
}

/** What is tracked, without settings, caches and what the test keeps. */
async function dataOf({ root }: Project): Promise<Record<string, string>> {
  const files = Object.entries(await readFiles(root))
  return Object.fromEntries(files.filter(([name]) => !/^\.(?:dvc|git|home)\//.test(name)))
}

for (const { scheme, leftOut, start, env } of clouds) {
  describe.skipIf(leftOut !== '')(`data versions beside DVC at ${scheme}://${leftOut}`, () => {
    let folder = ''
    let count = 0
    let hosts: Hosts
    let emulator: Emulator
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'atelier-dvc-clouds-'))
      emulator = await start()
      hosts = startHosts()
    }, MINUTES)
    afterAll(async () => {
      await hosts?.stop()
      await emulator?.stop()
      await rm(folder, { recursive: true, force: true })
    })
    const place = () => join(folder, String(count++))

    async function project(side: Side): Promise<Project> {
      const made = await createProject(place(), hosts, env(emulator.url))
      await made[side]('init')
      await made[side]('remote', 'add', '-d', 'store', `${scheme}://bucket/${count}/data`)
      await made[side]('remote', 'modify', 'store', 'endpointurl', emulator.url)
      return made
    }

    describe.each(sides)('what %s pushed, the other pulls', (side) => {
      it.each(rows)('%s', { timeout: MINUTES }, async (_, fill) => {
        const made = await project(side)
        await fill(made, side)
        await made[side]('push')
        await expectSynced(made)
        const copy = await cloneProject(made, place(), env(emulator.url))
        await copy[other(side)]('pull')
        expect(await dataOf(copy)).toEqual(await dataOf(made))
        await expectSynced(copy)
      })

      it('and what the other changed and pushed comes back', { timeout: MINUTES }, async () => {
        const made = await project(side)
        await added(made, side, { 'data/a': 'a', 'data/b': 'b' }, ['data'])
        await made[side]('push')
        const copy = await cloneProject(made, place(), env(emulator.url))
        await copy[other(side)]('pull')
        await writeFile(copy.path('data/c'), 'c')
        await rm(copy.path('data/a'))
        await copy[other(side)]('add', 'data')
        await copy[other(side)]('push')
        await writeFile(made.path('data.dvc'), await readFile(copy.path('data.dvc')))
        await made[side]('pull')
        expect(Object.keys(await readFiles(made.path('data')))).toEqual(['b', 'c'])
        await expectSynced(made)
      })
    })

    it('a repository below the root of git', { timeout: MINUTES }, async () => {
      const outer = await createProject(place(), hosts)
      const inner = await createProject(outer.path('team/project'), hosts, env(emulator.url))
      await rm(inner.path('.git'), { recursive: true })
      await inner.ours('init', '--subdir')
      await inner.dvc('remote', 'add', '-d', 'store', `${scheme}://bucket/sub`)
      await inner.dvc('remote', 'modify', 'store', 'endpointurl', emulator.url)
      await added(inner, 'ours', { 'deep/data/a': 'a' }, ['deep/data'])
      await inner.ours('push')
      await rm(inner.path('.dvc/cache'), { recursive: true })
      await rm(inner.path('deep/data'), { recursive: true })
      await inner.dvc('pull')
      await expectSynced(inner)
    })

    it('what DVC 2 wrote', { timeout: MINUTES }, async () => {
      const made = await project('dvc')
      // a\r\nb\r\n, hashed as a\nb\n
      const md5 = 'dd8c6a395b5dd36c56d23275028f526c'
      await writeFiles(made.root, {
        'old.txt': 'a\r\nb\r\n',
        'old.txt.dvc': `outs:\n- md5: ${md5}\n  size: 6\n  path: old.txt\n`,
        [`.dvc/cache/${md5.slice(0, 2)}/${md5.slice(2)}`]: 'a\r\nb\r\n',
      })
      await made.ours('push')
      await expectSynced(made)
      for (const side of sides) {
        const copy = await cloneProject(made, place(), env(emulator.url))
        await copy[side]('pull')
        expect(await copy.text('old.txt')).toBe('a\r\nb\r\n')
        await expectSynced(copy)
      }
    })
  })
}
