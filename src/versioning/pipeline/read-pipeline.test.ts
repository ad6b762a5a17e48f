import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pipelineGolden, writeFiles } from '../../../test/support/dvc-golden.ts'
import { readPipeline } from './read-pipeline.ts'
import type { Stage } from './stage.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-pipeline-'))
  writeFiles(folder, golden.files)
})
afterAll(() => rmSync(folder, { recursive: true }))

const golden = pipelineGolden()

function read(text: string): Promise<readonly Stage[]> {
  writeFiles(folder, { 'dvc.yaml': text })
  return readPipeline(join(folder, 'dvc.yaml'), { shown: 'dvc.yaml' })
}

const describeStage = (stage: Stage) => ({
  name: stage.name,
  cmd: stage.command,
  wdir: relative(folder, stage.folder) || '.',
  frozen: stage.frozen,
  always_changed: stage.alwaysChanged,
  deps: stage.inputs.map(({ path }) => path),
  params: stage.parameters.map(({ path, keys }) => [path, keys]),
  outs: stage.outputs.map(({ path, kind, cache, persist }) => [path, kind, cache, persist]),
})

describe('readPipeline', () => {
  it('reads what DVC reads, with templates, foreach and matrix, and refuses what it refuses', async () => {
    expect(golden.read.length).toBeGreaterThan(20)
    for (const { 'dvc.yaml': text, stages } of golden.read) {
      // DVC takes a stage that reads what it writes, and refuses to run it
      const isCircle = text.includes('outs: [x]\n    deps: [x]')
      if (stages === null || isCircle) {
        await expect(read(text), text).rejects.toMatchObject({
          code: expect.stringMatching(/^PIPELINE_/),
        })
      } else expect((await read(text)).map(describeStage), text).toEqual(stages)
    }
  })

  it.each([
    ['stages:\n  a:\n    cmd: x\n    dep: [y]\n', 'dvc.yaml:4', "Did you mean 'deps'?"],
    ['stages:\n  a:\n    cmd: x\n    outs:\n    - o: {cahce: false}\n', 'dvc.yaml:5', "'cache'?"],
    ['stages:\n  a b:\n    cmd: x\n  "c.d":\n    cmd: x\n', 'dvc.yaml:4', 'Letters'],
    [`stages:\n  a:\n    cmd: run \${lrr}\n`, 'dvc.yaml:2', 'Known are lr,'],
    ['artefacts: {}\n', 'dvc.yaml:1', "Did you mean 'artifacts'?"],
    ['stages:\n  a:\n    cmd: x\n    deps: [s3://b/c]\n', 'dvc.yaml:2', 'command of its own'],
  ])('names line and cure of %j', async (text, place, hint) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'PIPELINE_INVALID',
      message: expect.stringContaining(place),
      hint: expect.stringContaining(hint),
    })
  })

  it('writes maps into commands as options, as DVC is configured', async () => {
    writeFiles(folder, {
      'dvc.yaml': `vars: [{o: {a: true, b: false, c: [1, "x y"], d: {e: "it's"}}}]\nstages:\n  s:\n    cmd: run \${o}\n`,
    })
    const style = { bool: 'boolean_optional', list: 'append' }
    const [plain] = await readPipeline(join(folder, 'dvc.yaml'))
    const [styled] = await readPipeline(join(folder, 'dvc.yaml'), { style })
    expect(plain!.command).toBe(`run --a --c 1 'x y' --d.e 'it'"'"'s'`)
    expect(styled!.command).toBe(`run --a --no-b --c 1 --c 'x y' --d.e 'it'"'"'s'`)
  })
})
