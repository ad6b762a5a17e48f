/** Data versions beside the real DVC: each side reads, checks, changes and pulls what the other made. */
import { execFileSync, spawn } from 'node:child_process'
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  cloneProject,
  createProject,
  type Hosts,
  hasDvc,
  makeExecutable,
  makeLink,
  objectModes,
  oddFiles,
  type Project,
  python,
  readFiles,
  startHosts,
  writeFiles,
} from './support/dvc-example.ts'
import { leftOut } from './support/only-in-full.ts'

const skip = leftOut(hasDvc, 'Python package dvc')
const MINUTES = 240_000

let folder = ''
let count = 0
let hosts: Hosts
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-dvc-'))
  if (skip === '') hosts = startHosts()
})
afterAll(async () => {
  await hosts?.stop()
  await rm(folder, { recursive: true, force: true })
})

type Side = 'ours' | 'dvc'
const other = (side: Side): Side => (side === 'ours' ? 'dvc' : 'ours')
const sides = ['ours', 'dvc'] as const

const place = () => join(folder, String(count++))

async function project(side: Side, ...init: string[]): Promise<Project> {
  const made = await createProject(place(), hosts)
  await made[side]('init', ...init)
  return made
}

/** Neither side sees a difference. */
async function expectClean({ ours, dvc }: Project): Promise<void> {
  expect(await ours('status')).toMatch(/^Data is up to date/)
  expect(await dvc('status')).toContain('up to date')
}

const seen = /changed outs|modified|deleted/

describe.skipIf(skip)(`data versions beside DVC${skip}`, () => {
  it('writes the same bytes as DVC: .dvc files, listings, .gitignore, cache', {
    timeout: MINUTES,
  }, async () => {
    const results = []
    for (const side of sides) {
      const made = await project(side)
      await writeFiles(made.path('data'), oddFiles)
      await writeFiles(made.root, {
        'run.sh': '#!/bin/sh\n',
        'sub/one.csv': 'a,b\n',
        'sub/[odd] name!.txt': 'x',
        null: '1',
      })
      await makeExecutable(made.path('run.sh'))
      await made[side]('add', 'data', 'run.sh', 'sub/one.csv', 'sub/[odd] name!.txt', 'null')
      const texts = await Promise.all(
        [
          'data.dvc',
          'run.sh.dvc',
          'sub/one.csv.dvc',
          'sub/[odd] name!.txt.dvc',
          'null.dvc',
          '.gitignore',
          'sub/.gitignore',
        ].map(made.text),
      )
      const objects = await readFiles(made.path('.dvc/cache/files'))
      results.push({ texts, objects, modes: await objectModes(made.path('.dvc/cache/files')) })
    }
    expect(results[0]).toEqual(results[1])
    expect(results[0]!.modes).toEqual(['444'])
  })

  it.each(sides)(
    'what %s added is clean for both, and changes are seen by both',
    { timeout: MINUTES },
    async (side) => {
      const made = await project(side)
      await writeFiles(made.path('data'), oddFiles)
      await writeFiles(made.root, { 'one.txt': 'one' })
      await made[side]('add', 'data', 'one.txt')
      await expectClean(made)
      await writeFile(made.path('data/plain.txt'), 'other')
      await rm(made.path('one.txt'))
      expect(await made.dvc('status')).toMatch(seen)
      const { outputs } = JSON.parse(await made.ours('status', '--json'))
      expect(
        outputs.map(({ path, state }: { path: string; state: string }) => [path, state]),
      ).toEqual([
        ['data', 'modified'],
        ['one.txt', 'deleted'],
      ])
      expect(outputs[0].changes.modified).toEqual(['plain.txt'])
      await made[other(side)]('add', 'data')
      await made[other(side)]('checkout', 'one.txt.dvc')
      expect(await made.text('one.txt')).toBe('one')
      await expectClean(made)
    },
  )

  it.each(sides)(
    'what %s pushed, the other pulls, and the other way round',
    { timeout: MINUTES },
    async (side) => {
      const made = await project(side)
      const remote = place()
      await made.dvc('remote', 'add', '-d', 'store', remote)
      await writeFiles(made.path('data'), oddFiles)
      await writeFiles(made.root, { 'one.txt': 'one', 'nothing.bin': '' })
      await made[side]('add', 'data', 'one.txt', 'nothing.bin')
      await made[side]('push')
      await made.ours('status', '--cloud')
      expect(await made.dvc('status', '-c')).toContain('in sync')
      const copy = await cloneProject(made, place())
      await copy[other(side)]('pull')
      const { 'nothing/in/it/': _gone, ...files } = oddFiles
      expect(Object.keys(await readFiles(copy.path('data')))).toHaveLength(
        Object.keys(files).length,
      )
      expect(await readFiles(copy.path('data'))).toEqual(await readFiles(made.path('data')))
      await expectClean(copy)
      await writeFile(copy.path('data/new one.txt'), 'new')
      await copy[other(side)]('add', 'data')
      await copy[other(side)]('push')
      await writeFile(made.path('data.dvc'), await readFile(copy.path('data.dvc')))
      await made[side]('pull')
      expect(await made.text('data/new one.txt')).toBe('new')
      await expectClean(made)
      expect(await objectModes(remote)).toEqual(['444'])
    },
  )

  it('keeps comments, descriptions and fields of others when data changes, as DVC does', {
    timeout: MINUTES,
  }, async () => {
    const texts = []
    for (const side of sides) {
      const made = await project(side)
      await writeFiles(made.root, { 'one.txt': 'one' })
      await made.dvc('add', 'one.txt')
      const text = await made.text('one.txt.dvc')
      const more =
        '  desc: the first one  # why\n  type: text\n  labels:\n  - a\n  meta:\n    source: here\n'
      await writeFile(
        made.path('one.txt.dvc'),
        `# kept\n${text}${more}meta:\n  who: me\ndesc: all of it\n`,
      )
      await writeFile(made.path('one.txt'), 'two')
      await made[side]('add', 'one.txt')
      texts.push(await made.text('one.txt.dvc'))
      // a folder in its place has more to say
      await rm(made.path('one.txt'))
      await writeFiles(made.root, { 'one.txt/a': 'a' })
      await made[side]('add', 'one.txt')
      texts.push(await made.text('one.txt.dvc'))
    }
    expect(texts.slice(0, 2)).toEqual(texts.slice(2))
    expect(texts[0]).toContain('# why')
  })

  it('follows .dvcignore as DVC does', { timeout: MINUTES }, async () => {
    const made = await project('dvc')
    await appendFile(
      made.path('.dvcignore'),
      '*.tmp\n/data/skip/\n!keep.tmp\ncache/**\nb[ao]t\nx/**/y\n',
    )
    await writeFiles(made.root, {
      ...{ 'data/a.tmp': '1', 'data/keep.tmp': '2', 'data/skip/a': '3', 'data/in/skip/a': '4' },
      ...{
        'data/cache/a': '5',
        'data/bat': '6',
        'data/bot/a': '7',
        'data/but': '8',
        'data/x/1/2/y': '9',
      },
      ...{ 'data/.git': '10', 'data/.hidden': '11', 'data/sub/.dvcfile': '12' },
    })
    await made.dvc('add', 'data')
    await expectClean(made)
    const before = await made.text('data.dvc')
    await rm(made.path('data.dvc'))
    await made.ours('add', 'data')
    expect(await made.text('data.dvc')).toBe(before)
  })

  it('works in a repository below the root of git', { timeout: MINUTES }, async () => {
    const outer = await createProject(place(), hosts)
    const inner = await createProject(outer.path('team/project'), hosts)
    await rm(inner.path('.git'), { recursive: true })
    await inner.ours('init', '--subdir')
    await writeFiles(inner.root, { 'deep/data/a': 'a', 'deep/data/b': 'b' })
    await inner.ours('add', 'deep/data')
    await expectClean(inner)
    expect(await outer.git('status', '--porcelain', '-uall')).not.toContain('deep/data/a')
    expect(await inner.text('deep/.gitignore')).toBe('/data\n')
  })

  it('links of all types are clean for both', { timeout: MINUTES }, async () => {
    for (const type of ['hardlink', 'symlink', 'copy']) {
      const made = await project('dvc')
      await made.dvc('config', 'cache.type', type)
      await writeFiles(made.root, { 'data/a': 'a', 'data/e': '', one: '1' })
      await made.ours('add', 'data', 'one')
      await expectClean(made)
      await rm(made.path('data'), { recursive: true })
      await made.ours('checkout')
      await expectClean(made)
      await rm(made.path('one'))
      await made.dvc('checkout')
      await expectClean(made)
    }
  })

  it('links in tracked data are what they lead to, as for DVC', { timeout: MINUTES }, async () => {
    const made = await project('dvc')
    await writeFiles(made.root, { 'data/a': 'a', 'elsewhere/b': 'b' })
    await makeLink('a', made.path('data/to-a'))
    await makeLink('../elsewhere', made.path('data/to-folder'))
    await made.dvc('add', 'data')
    const text = await made.text('data.dvc')
    expect(await made.ours('status')).toMatch(/^Data is up to date/)
    expect(text).toContain('nfiles: 2')
  })

  it('reads what DVC 2 wrote', { timeout: MINUTES }, async () => {
    const made = await project('dvc')
    await writeFiles(made.root, {
      'old.txt': 'a\r\nb\r\n',
      'data/x.txt': 'x\r\n',
      'data/y.bin': new Uint8Array([0, 13, 10]),
    })
    const script = [
      'import sys, json, hashlib, os',
      'from dvc_data.hashfile.hash import file_md5',
      'from dvc.fs import localfs',
      'h = lambda p: file_md5(p, localfs, name="md5-dos2unix")',
      'def keep(md5, data):',
      '    p = os.path.join(".dvc/cache", md5[:2], md5[2:]); os.makedirs(os.path.dirname(p), exist_ok=True); open(p, "wb").write(data); os.chmod(p, 0o444)',
      'm = h("old.txt"); keep(m, open("old.txt", "rb").read())',
      'open("old.txt.dvc", "w").write("outs:\\n- md5: %s\\n  size: 6\\n  path: old.txt\\n" % m)',
      'e = []',
      'for n in ("x.txt", "y.bin"):',
      '    m = h("data/" + n); keep(m, open("data/" + n, "rb").read()); e.append({"md5": m, "relpath": n})',
      'd = json.dumps(e, sort_keys=True).encode(); m = hashlib.md5(d).hexdigest() + ".dir"; keep(m, d)',
      'open("data.dvc", "w").write("outs:\\n- md5: %s\\n  size: 6\\n  nfiles: 2\\n  path: data\\n" % m)',
    ].join('\n')
    await writeFile(made.path('make.py'), script)
    execFileSync(python, ['make.py'], { cwd: made.root })
    await expectClean(made)
    const remote = place()
    await made.dvc('remote', 'add', '-d', 'store', remote)
    await made.ours('push')
    expect(await made.dvc('status', '-c')).toContain('in sync')
    const copy = await cloneProject(made, place())
    await copy.ours('pull')
    expect(await copy.text('old.txt')).toBe('a\r\nb\r\n')
    await expectClean(copy)
    await writeFile(copy.path('old.txt'), 'new\r\n')
    await copy.ours('add', 'old.txt')
    expect(await copy.text('old.txt.dvc')).toContain('hash: md5')
    await expectClean(copy)
  })

  it('waits for the lock of a running DVC, and is waited for', { timeout: MINUTES }, async () => {
    const made = await project('dvc')
    await writeFiles(made.root, { one: '1' })
    const code =
      'import zc.lockfile, time; l = zc.lockfile.LockFile(".dvc/tmp/lock"); print("held", flush=True); time.sleep(60)'
    await mkdir(made.path('.dvc/tmp'), { recursive: true })
    const child = spawn(python, ['-c', code], { cwd: made.root })
    await new Promise((done) => child.stdout.once('data', done))
    const { code: exit, stderr } = await made.try('add', 'one')
    expect([exit, stderr]).toEqual([4, expect.stringContaining('DVC_LOCKED')])
    child.kill('SIGKILL')
    await made.ours('add', 'one')
    await made.dvc('status')
  })

  it('takes over a repository whose cache and settings DVC made', {
    timeout: MINUTES,
  }, async () => {
    const made = await project('dvc')
    const cache = place()
    await made.dvc('cache', 'dir', cache)
    await made.dvc('config', 'cache.type', 'hardlink,copy')
    await made.dvc('remote', 'add', 'Second', place())
    await made.dvc('remote', 'add', '-d', '--local', 'first', place())
    await writeFiles(made.root, { 'data/a': 'a' })
    await made.dvc('add', 'data')
    await made.ours('push')
    await made.ours('push', '-r', 'second')
    expect(await made.dvc('status', '-c', '-r', 'second')).toContain('in sync')
    await cp(made.root, place(), { recursive: true })
    await expectClean(made)
  })
})
