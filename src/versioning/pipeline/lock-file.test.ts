import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pipelineGolden, writeFiles } from '../../../test/support/dvc-golden.ts'
import { isMap, type ValueMap } from '../yaml12/value.ts'
import { writeYaml12 } from '../yaml12/write-yaml.ts'
import { lockFileOf, readLock, writeLockEntry } from './lock-file.ts'
import { readPipeline } from './read-pipeline.ts'
import { findRun, runKey, runValue, saveRun } from './run-cache.ts'
import { buildGraph, inOrder } from './stage-graph.ts'

let folder = ''
let lock = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-lock-'))
  lock = join(folder, 'dvc.lock')
})
afterAll(() => rmSync(folder, { recursive: true }))

const { runs } = pipelineGolden()

async function entriesOf(text: string): Promise<[string, ValueMap][]> {
  writeFileSync(lock, text)
  return [...(await readLock(lock))].filter((entry): entry is [string, ValueMap] => isMap(entry[1]))
}

describe('dvc.lock', () => {
  it('is written byte for byte as DVC writes it, stage by stage', async () => {
    for (const { 'dvc.lock': text } of runs) {
      const entries = await entriesOf(text)
      expect(entries.length).toBeGreaterThan(2)
      rmSync(lock)
      for (const [name, entry] of entries) await writeLockEntry(lock, name, entry)
      expect(readFileSync(lock, 'utf8')).toBe(text)
      // a stage that ran again stays where it was
      await writeLockEntry(lock, ...entries[0]!)
      expect(readFileSync(lock, 'utf8')).toBe(text)
    }
  })

  it('keeps what it does not write', async () => {
    writeFileSync(lock, "schema: '2.0'\ndatasets:\n- name: d\nstages: {}\n")
    await writeLockEntry(lock, 'a', new Map([['cmd', 'x']]))
    expect(readFileSync(lock, 'utf8')).toBe(
      "schema: '2.0'\ndatasets:\n- name: d\nstages:\n  a:\n    cmd: x\n",
    )
  })

  it.each([
    ["schema: '3.0'\nstages: {}\n", "dvc.lock:1: the schema is not '2.0'"],
    ["schema: '2.0'\nstages:\n  a:\n    cmd: x\n    out: []\n", "dvc.lock:5: unknown key 'out'"],
  ])('refuses %j', async (text, message) => {
    writeFileSync(lock, text)
    await expect(readLock(lock, 'dvc.lock')).rejects.toMatchObject({
      code: 'PIPELINE_INVALID',
      message: expect.stringContaining(message),
    })
  })

  it('lists stages in the order in which DVC runs them', async () => {
    for (const run of runs) {
      writeFiles(folder, { ...run.files, 'dvc.yaml': run['dvc.yaml'] })
      const file = join(folder, 'dvc.yaml')
      const nodes = (await readPipeline(file)).map((stage) => ({
        address: stage.name,
        file,
        inputs: stage.inputs.map(({ absolutePath }) => absolutePath),
        outputs: stage.outputs.map(({ absolutePath }) => absolutePath),
        frozen: false,
      }))
      const order = inOrder(nodes, buildGraph(nodes, folder).before)
      const locked = (await entriesOf(run['dvc.lock'])).map(([name]) => name)
      expect(order.map(({ address }) => address)).toEqual(locked)
      expect(lockFileOf(file)).toBe(lock)
    }
  })
})

describe('run cache', () => {
  it('gives runs the names and the bytes of DVC', async () => {
    let count = 0
    for (const { 'dvc.lock': text, runs: kept } of runs) {
      const byName = new Map((await entriesOf(text)).map(([, entry]) => [runPath(entry), entry]))
      for (const [path, content] of Object.entries(kept)) {
        expect(writeYaml12(byName.get(path)!)).toBe(content)
        count++
      }
    }
    expect(count).toBeGreaterThan(4)
  })

  it('gives the newest result back, and passes over a damaged one', async () => {
    const [, entry] = (await entriesOf(runs[0]!['dvc.lock']))[0]!
    const cache = join(folder, 'cache')
    expect(await findRun(cache, entry)).toBeUndefined()
    await saveRun(cache, entry)
    expect(await findRun(cache, entry)).toEqual(entry)
    writeFileSync(join(cache, 'runs', runPath(entry)), 'damaged: [')
    expect(await findRun(cache, entry)).toBeUndefined()
    await saveRun(cache, entry)
    expect(await findRun(cache, entry)).toEqual(entry)
  })
})

function runPath(entry: ValueMap): string {
  const key = runKey(entry)
  return `${key.slice(0, 2)}/${key}/${runValue(entry)}`
}
