/** The pipeline that the repository ships, run for real on the embedded data. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { runAtelier } from './support/atelier-process.ts'
import { idxFixture, writeIdxFiles } from './support/idx-files.ts'
import { itInFull } from './support/only-in-full.ts'
import { edit, writePipelineProject, writeShippedPipeline } from './support/pipeline-project.ts'
import { packageRoot } from './support/training-project.ts'

let folder = ''
const folders: string[] = []
beforeAll(async () => {
  folder = await newProject(writePipelineProject)
})
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true })
})

async function newProject(write: (folder: string) => void): Promise<string> {
  const made = mkdtempSync(join(tmpdir(), 'atelier-template-'))
  folders.push(made)
  write(made)
  await runAtelier(made, ['data', 'init', '--no-scm'])
  return made
}

const repro = (...args: string[]) => reproIn(folder, {}, ...args)

async function reproIn(
  cwd: string,
  env: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runAtelier(cwd, ['repro', '--json', ...args], { env })
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return JSON.parse(stdout).stages.map(
    ({ address, result }: { address: string; result: string }) => `${address} ${result}`,
  )
}

const readJson = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))

describe('dvc.yaml of the repository', () => {
  it('prepares, trains, evaluates and registers, and then has nothing to do', async () => {
    expect(await repro()).toEqual(['prepare ran', 'train ran', 'evaluate ran', 'register ran'])
    expect(readJson('reports/metrics.json').accuracy).toBeGreaterThan(0.2)
    expect(readJson('reports/training.json')).toMatchObject({ epoch: expect.any(Number) })
    expect(existsSync(join(folder, 'reports/report.html'))).toBe(true)
    const models = await runAtelier(folder, ['models', 'ls', '--json'])
    expect(models.stdout).toContain('"version": 1')
    expect(await repro()).toEqual([
      'prepare unchanged',
      'train unchanged',
      'evaluate unchanged',
      'register unchanged',
    ])
  }, 120_000)

  itInFull(
    'trains again for another setting, and takes the old model back for the old one',
    async () => {
      const model = readFileSync(join(folder, 'models/model.onnx'))
      edit(join(folder, 'conf/config.yaml'), ['seed: 42', 'seed: 7'])
      expect(await repro('train')).toEqual(['prepare unchanged', 'train ran'])
      edit(join(folder, 'conf/config.yaml'), ['seed: 7', 'seed: 42'])
      expect(await repro()).toEqual([
        'prepare unchanged',
        'train restored',
        'evaluate unchanged',
        'register unchanged',
      ])
      expect(readFileSync(join(folder, 'models/model.onnx'))).toEqual(model)
    },
    120_000,
  )

  itInFull(
    'goes its way as it comes, with IDX files in data/raw',
    async () => {
      const cwd = await newProject(writeShippedPipeline)
      const settings = join(cwd, 'conf/data/fashion-mnist.yaml')
      const { config, files } = idxFixture()
      const { geometry, validation, classes } = config
      const own = { ...parse(readFileSync(settings, 'utf8')), geometry, validation, classes }
      writeFileSync(settings, stringify({ ...own, mirrors: [], files: config.files }))
      await writeIdxFiles(join(cwd, own.raw), { config, files })
      const stages = await reproIn(cwd, {})
      expect(stages).toEqual(['prepare ran', 'train ran', 'evaluate ran', 'register ran'])
    },
    120_000,
  )

  const FASHION = process.env['FASHION_MNIST_DIR']
  it.skipIf(!FASHION)(
    `prepares Fashion-MNIST${FASHION ? '' : ' (left out: FASHION_MNIST_DIR is not set)'}`,
    async () => {
      const cwd = await newProject(writeShippedPipeline)
      const env = { FASHION_MNIST_DIR: FASHION }
      expect(await reproIn(cwd, env, 'prepare')).toEqual(['prepare ran'])
      expect(await reproIn(cwd, env, 'prepare')).toEqual(['prepare unchanged'])
    },
    120_000,
  )

  it('is the one that docs/pipelines.md shows', () => {
    const text = readFileSync(join(packageRoot, 'dvc.yaml'), 'utf8')
    const page = readFileSync(join(packageRoot, 'docs/pipelines.md'), 'utf8')
    const [shown] = /```yaml\n(vars:\n[\s\S]*?)```/.exec(page)?.slice(1) ?? []
    expect(shown).toBe(text.slice(text.indexOf('vars:\n')))
  })
})
