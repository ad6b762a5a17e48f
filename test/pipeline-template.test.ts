/** The pipeline that the repository ships, run for real on the embedded data. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAtelier } from './support/atelier-process.ts'
import { itInFull } from './support/only-in-full.ts'
import { edit, writePipelineProject } from './support/pipeline-project.ts'
import { packageRoot } from './support/training-project.ts'

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-template-'))
  writePipelineProject(folder)
  await runAtelier(folder, ['data', 'init', '--no-scm'])
})
afterAll(() => rmSync(folder, { recursive: true }))

async function repro(...args: string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runAtelier(folder, ['repro', '--json', ...args])
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

  it('is the one that docs/pipelines.md shows', () => {
    const text = readFileSync(join(packageRoot, 'dvc.yaml'), 'utf8')
    const page = readFileSync(join(packageRoot, 'docs/pipelines.md'), 'utf8')
    const [shown] = /```yaml\n(vars:\n[\s\S]*?)```/.exec(page)?.slice(1) ?? []
    expect(shown).toBe(text.slice(text.indexOf('vars:\n')))
  })
})
