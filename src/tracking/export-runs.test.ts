import { execFileSync } from 'node:child_process'
import {
  appendFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newTestRun, stepLine } from '../../test/support/run-example.ts'
import { sha256, systemClock } from '../core/index.ts'
import { exportRuns } from './export-runs.ts'
import { importRuns } from './import-runs.ts'
import { openRun, type Run, updateRun } from './run.ts'
import { lockRun } from './run-lock.ts'
import { openRunStore } from './store/open-run-store.ts'
import { readTar, TAR_END, tarHeader, tarPadding } from './tar.ts'
import { trashRuns } from './trash.ts'

let folder = ''
let [root, other, tar] = ['', '', '']
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-export-'))
  ;[root, other, tar] = [join(folder, 'runs'), join(folder, 'other'), join(folder, 'out.tar')]
})
afterEach(() => rm(folder, { recursive: true }))

const LONG = `artifacts/${'deep/'.repeat(30)}a-file-with-a-long-name.txt`
const FOREIGN = `artifacts/${'größe-'.repeat(20)}.csv`

async function completedRun(): Promise<Run> {
  const run = await newTestRun(root)
  await writeFile(run.files.metrics, `${JSON.stringify(stepLine(1))}\n`)
  await writeFile(run.files.model, Buffer.alloc(100_000, 7))
  for (const path of [LONG, FOREIGN, 'artifacts/empty']) {
    await mkdir(join(run.folder, path, '..'), { recursive: true })
    await writeFile(join(run.folder, path), path === 'artifacts/empty' ? '' : path)
  }
  return updateRun(run, systemClock, { status: 'completed' })
}

async function filesOf(base: string): Promise<Record<string, string>> {
  const entries = await readdir(base, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((one) => join(one.parentPath, one.name))
  return Object.fromEntries(
    await Promise.all(
      files.sort().map(async (path) => [path.slice(base.length), sha256(await readFile(path))]),
    ),
  )
}

describe('exportRuns and importRuns', () => {
  it.each(['out.tar', 'out-folder'])('carry runs whole to another root by %s', async (name) => {
    const runs = [await completedRun(), await completedRun()]
    const ids = runs.map(({ record }) => record.id)
    const target = join(folder, name)
    const result = await exportRuns(root, ids, target)
    expect(result).toMatchObject({ target, runs: ids })
    const store = await openRunStore({ path: join(folder, 'atelier.db') })
    expect(await importRuns(other, target, { store })).toEqual(ids)
    expect(await filesOf(other)).toEqual(await filesOf(root))
    for (const id of ids) {
      expect((await store.get(id))?.folder).toBe(join(other, id))
      expect(await store.series(id, { buckets: 1, metrics: ['batch.loss'] })).toHaveLength(1)
    }
    await store.close()
  })

  it('write what `tar` reads, and read what it writes', async () => {
    const { record } = await completedRun()
    await exportRuns(root, [record.id], tar)
    const out = join(folder, 'unpacked')
    await mkdir(out)
    execFileSync('tar', ['-xf', tar, '-C', out])
    expect(await filesOf(join(out, record.id))).toEqual(await filesOf(join(root, record.id)))
    const again = join(folder, 'again.tar')
    execFileSync('tar', ['-cf', again, '--format=pax', '-C', out, 'manifest.json', record.id])
    expect(await importRuns(other, again)).toEqual([record.id])
    expect(await filesOf(other)).toEqual(await filesOf(root))
  })

  it('refuse a run at work, and one that is here already, in the trash too', async () => {
    const { record, folder: path } = await completedRun()
    const lock = await lockRun(path)
    await expect(exportRuns(root, [record.id], tar)).rejects.toMatchObject({ code: 'RUN_LOCKED' })
    await lock.release()
    await exportRuns(root, [record.id], tar)
    const before = await filesOf(root)
    await expect(importRuns(root, tar)).rejects.toMatchObject({ code: 'RUN_EXISTS' })
    expect(await filesOf(root)).toEqual(before)
    await trashRuns(root, [record.id])
    await expect(importRuns(root, tar)).rejects.toMatchObject({ code: 'RUN_EXISTS' })
  })

  it('call a run crashed that says it is running', async () => {
    const run = await newTestRun(root)
    const clock = { ...systemClock, now: () => Date.now() + 3_600_000 }
    await exportRuns(root, [run.record.id], tar, { clock })
    await importRuns(other, tar)
    expect((await openRun(join(other, run.record.id))).record.status).toBe('crashed')
  })

  it('do not write into a folder that holds something', async () => {
    const { record } = await completedRun()
    await mkdir(other)
    await writeFile(join(other, 'mine'), '')
    await expect(exportRuns(root, [record.id], other)).rejects.toMatchObject({ code: 'RUN_EXISTS' })
    expect(await readdir(other)).toEqual(['mine'])
  })
})

interface Member {
  readonly path: string
  readonly content: string
}

/** A tar file with a manifest that fits its members, unless told otherwise. */
async function writeTar(id: string, members: readonly Member[], manifest?: object) {
  const files = members.map(({ path, content }) => ({
    path: path.slice(id.length + 1),
    bytes: Buffer.byteLength(content),
    sha256: sha256(content),
  }))
  const described = manifest ?? {
    format: 'atelier-runs',
    version: 1,
    created: new Date(0).toISOString(),
    runs: [{ id, files }],
  }
  const all = [{ path: 'manifest.json', content: JSON.stringify(described) }, ...members]
  const parts = all.flatMap(({ path, content }) => {
    const bytes = Buffer.from(content)
    return [tarHeader({ path, bytes: bytes.length }, 0), bytes, tarPadding(bytes.length)]
  })
  await writeFile(tar, Buffer.concat([...parts, TAR_END]))
}

describe('importRuns of what was tampered with', () => {
  const refused = async () => {
    await expect(importRuns(other, tar)).rejects.toMatchObject({ code: 'RUN_ARCHIVE' })
    expect(await readdir(other).catch(() => [])).toEqual([])
    expect((await readdir(folder)).filter((name) => !/^(runs|other|out\.tar)$/.test(name))).toEqual(
      [],
    )
  }

  it.each([
    ['a path upwards', 'good', 'good/../../evil'],
    ['an absolute path', 'good', 'good//etc/evil'],
    ['a backslash', 'good', 'good/..\\evil'],
    ['a drive', 'good', 'good/C:evil'],
    ['a hidden file', 'good', 'good/.lock-1'],
    ['a NUL', 'good', 'good/a\0b'],
  ])('refuses %s', async (_, id, path) => {
    await writeTar(id, [{ path, content: 'evil' }])
    await refused()
  })

  it.each(['..', '.trash', 'a/b', '/tmp/evil'])('refuses the id %j', async (id) => {
    await writeTar(id, [{ path: `${id}/run.json`, content: '{}' }])
    await refused()
  })

  it('refuses a file that is changed, missing, too many or twice', async () => {
    const { record } = await completedRun()
    await exportRuns(root, [record.id], tar)
    const whole = await readFile(tar)
    const file = await open(tar)
    const entries = []
    for await (const entry of readTar(file)) entries.push(entry)
    await file.close()
    const model = entries.find(({ path }) => path.endsWith('model.onnx'))!
    const changed = Buffer.from(whole)
    changed[model.offset + 500]! ^= 1
    await writeFile(tar, changed)
    await refused()
    const start = model.offset - 512
    const end = model.offset + model.bytes + tarPadding(model.bytes).length
    await writeFile(tar, Buffer.concat([whole.subarray(0, start), whole.subarray(end)]))
    await refused()
    const part = whole.subarray(start, end)
    await writeFile(tar, Buffer.concat([whole.subarray(0, end), part, whole.subarray(end)]))
    await refused()
    await writeFile(tar, whole)
    await truncate(tar, Math.floor(whole.length / 2))
    await refused()
    await writeFile(tar, '')
    await refused()
    await writeFile(tar, 'not a tar file at all'.repeat(100))
    await refused()
  })

  it('refuses links, and a run.json of another run or of none', async () => {
    const { record } = await completedRun()
    await exportRuns(root, [record.id], tar)
    const link = join(folder, 'runs', 'evil')
    await symlink('/etc/passwd', link)
    execFileSync('tar', ['-rf', tar, '-C', root, 'evil'])
    await refused()
    const text = await readFile(join(root, record.id, 'run.json'), 'utf8')
    await writeTar('another', [{ path: 'another/run.json', content: text }])
    await refused()
    await writeTar('none', [{ path: 'none/run.json', content: '{}' }])
    await refused()
  })

  it('refuses a manifest of another kind', async () => {
    await writeTar('x', [{ path: 'x/run.json', content: '{}' }], { format: 'other' })
    await refused()
    await appendFile(tar, 'x')
    await writeTar('x', [])
    await refused()
  })

  it('refuses a folder with a link in it', async () => {
    const { record } = await completedRun()
    const out = join(folder, 'out')
    await exportRuns(root, [record.id], out)
    const model = join(out, record.id, 'model.onnx')
    await rm(model)
    await symlink('/etc/passwd', model)
    await expect(importRuns(other, out)).rejects.toMatchObject({ code: 'RUN_ARCHIVE' })
    expect(await readdir(other)).toEqual([])
  })
})
