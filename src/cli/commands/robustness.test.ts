import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../../test/support/run-command.ts'
import { robustnessReportSchema } from '../../contracts/index.ts'

const DATA = ['data=sketch', 'data.train=200', 'data.test=40', 'data.validation=40']
const SMALL = [...DATA, 'model.type=mlp', 'hyperparameters.epochs=1', 'trainer.threads=1']
let cwd = ''

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-robustness-'))
  for (const seed of [1, 2]) {
    const { code, err } = await atelier('train', ...SMALL, `seed=${seed}`)
    expect([code, err]).toEqual([0, expect.any(String)])
  }
}, 120_000)
afterAll(() => rm(cwd, { recursive: true }))

const atelier = (...argv: string[]) => runCommand(cwd, argv)

const corrupted = () => join(cwd, 'data/processed/sketch/corrupted')
const lookLines = async () =>
  (await readFile(join(cwd, 'data/processed/sketch/test-looks.jsonl'), 'utf8')).trim().split('\n')

describe('atelier robustness', () => {
  it('judges without a look at the test split on validation images', async () => {
    const { code, out } = await atelier('robustness', '--split', 'val', '--images', '15')
    expect(code).toBe(0)
    expect(out).toContain('on 15 validation images of sketch')
    expect(out).toContain('not normalised: no reference for these images')
    expect(out).toMatch(/^gaussian_noise( +\d+\.\d\d %){6} +– +–$/m)
    expect(await readdir(corrupted())).toEqual(['val-15'])
    await expect(lookLines()).rejects.toThrow('ENOENT')
  })

  it('counts one look, keeps the sets, and writes the report beside the run', async () => {
    const { code, out } = await atelier('robustness', 'latest', '--json')
    expect(code).toBe(0)
    const { report, files } = JSON.parse(out)
    expect(robustnessReportSchema.parse(report)).toMatchObject({
      dataset: { split: 'test', size: 40 },
      test_looks: { dataset: 1, run: 1 },
      mce: null,
    })
    expect(await lookLines()).toHaveLength(1)
    expect(await readdir(join(corrupted(), 'test-40'))).toHaveLength(76)
    expect(files.robustnessHtml).toBe(join(cwd, 'reports/robustness.html'))
    const run = join(cwd, 'runs', report.model.run_id)
    const artifacts = JSON.parse(await readFile(join(run, 'artifacts.json'), 'utf8'))
    const paths = artifacts.map(({ path }: { path: string }) => path)
    expect(paths).toContain('robustness.json')
    expect(paths).toContain('figures/robustness_accuracy.png')
    const record = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'))
    expect(record.test_looks).toBe(1)
  })

  it('measures by another model, whose look is counted, too', async () => {
    const [newest, oldest] = JSON.parse((await atelier('runs', 'ls', '--json')).out).runs
    const { out, code } = await atelier('robustness', newest.id, '-r', oldest.id, '--json')
    expect(code).toBe(0)
    const { report } = JSON.parse(out)
    expect(report.reference.name).toBe(oldest.id)
    expect(await lookLines()).toHaveLength(3)
    const [model, reference] = [
      report.corruptions.map(({ severities }: { severities: { accuracy: number }[] }) =>
        severities.reduce((sum, { accuracy }) => sum + 1 - accuracy, 0),
      ),
      Object.values<number[]>(report.reference.errors.corrupted).map((errors) =>
        errors.reduce((sum, error) => sum + error, 0),
      ),
    ]
    const mce = model.reduce((sum: number, error: number, i: number) => {
      return sum + error / reference[i]! / 15
    }, 0)
    expect(report.mce).toBeCloseTo(mce, 10)
  })

  it('is as wrong as itself', async () => {
    const words = ['--split', 'val', '--images', '15', '-r', 'latest', '--json']
    const { report } = JSON.parse((await atelier('robustness', 'latest', ...words)).out)
    expect(report.mce).toBeCloseTo(1, 12)
  })

  it('refuses no images', async () => {
    const { code, err } = await atelier('robustness', '--images', '0')
    expect([code, err]).toEqual([2, expect.stringContaining('--images is 0, wanted at least 1')])
  })
})
