/** What the golden values of Hydra do not hold: its settings in our configuration, and what differs. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ComposeOptions, composeConfig, planJobs } from './compose-config.ts'
import { listDefaults, showConfig } from './inspect-config.ts'
import { toPlain } from './node.ts'
import { parseOverride, valueNode } from './override.ts'

let cwd = ''
let options: ComposeOptions

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-own-'))
  options = { cwd, env: {}, packageConf: resolve(import.meta.dirname, '../../conf') }
})
afterEach(() => rm(cwd, { recursive: true }))

async function write(name: string, text: string): Promise<void> {
  const path = join(cwd, 'conf', name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

const runs = async (value: string, more: Partial<ComposeOptions> = {}) =>
  (await composeConfig([`paths.runs='${value}'`, 'seed=3'], { ...options, ...more })).config.paths
    .runs

describe('hydra', () => {
  it('tells what is composed', async () => {
    expect(await runs(`x\${hydra:job.num}`, { job: 4 })).toBe('x4')
    expect(await runs(`\${hydra:runtime.cwd}`)).toBe(cwd)
    expect(await runs(`\${hydra:runtime.choices.recipe}`)).toBe('default')
    expect(await runs(`\${hydra:job.config_name}`)).toBe('config')
    await expect(runs(`\${hydra:job.num}`)).rejects.toMatchObject({ code: 'CONFIG_INTERPOLATION' })
    const { yaml } = await composeConfig(['+experiment=three_seeds'], options)
    expect(yaml).not.toContain('hydra')
  })

  it('tells the time', async () => {
    const now = new Date(2026, 0, 2, 3, 4, 5)
    expect(await runs(`\${now:%Y-%m-%d}/\${now:%H-%M-%S}`, { now })).toBe('2026-01-02/03-04-05')
    expect(await runs(`\${now:%j%%%q}`, { now })).toBe('002%%q')
  })

  it('sweeps by the configuration, its entries before those of the command line', async () => {
    await write(
      'experiment/grid.yaml',
      '# @package _global_\nhydra:\n  mode: MULTIRUN\n  sweeper:\n    params:\n      seed: 1,2\n      model: choice(cnn,mlp)\n',
    )
    const { multirun, jobs } = await planJobs(
      ['+experiment=grid', 'model=lite,cnn'],
      false,
      options,
    )
    expect(multirun).toBe(true)
    expect(jobs).toEqual([
      ['seed=1', 'model=lite', '+experiment=grid'],
      ['seed=1', 'model=cnn', '+experiment=grid'],
      ['seed=2', 'model=lite', '+experiment=grid'],
      ['seed=2', 'model=cnn', '+experiment=grid'],
    ])
    expect(await planJobs(['seed=1'], false, options)).toEqual({
      multirun: false,
      jobs: [['seed=1']],
    })
    expect((await planJobs(['model=glob(*,exclude=[cnn,mlp])'], true, options)).jobs).toEqual([
      ['model=lite'],
      ['model=resnet'],
    ])
    await expect(planJobs(['model=glob(x*)'], true, options)).rejects.toMatchObject({
      hint: expect.stringContaining('cnn, lite, mlp, resnet'),
    })
  })

  it('passes on what oc.deprecated says', async () => {
    await write(
      'experiment/old.yaml',
      `# @package _global_\nseed: \${oc.deprecated:hyperparameters.epochs}\n`,
    )
    const { config, warnings } = await composeConfig(['+experiment=old'], options)
    expect(config.seed).toBe(config.hyperparameters.epochs)
    expect(warnings).toEqual([
      "'seed' is deprecated. Change your code and config to use 'hyperparameters.epochs'",
    ])
  })
})

describe('override functions of the next Hydra', () => {
  const value = (text: string) => toPlain(valueNode(parseOverride(`k=${text}`)))

  it('json_str writes JSON as Python does', () => {
    expect(value('json_str({a: [1, 2.0, x], b: null, c: true})')).toBe(
      '{"a": [1, 2.0, "x"], "b": null, "c": true}',
    )
  })

  it('extend_list adds to the list there is', async () => {
    const one = ['data=fashion-mnist', 'data.classes=[a,b]', 'data.classes=extend_list(c,d)']
    const { value: shown } = await showConfig(one, options, {
      part: 'job',
      package: 'data.classes',
      resolve: false,
    })
    expect(shown).toEqual(['a', 'b', 'c', 'd'])
    await expect(composeConfig(['seed=extend_list(1)'], options)).rejects.toMatchObject({
      code: 'CONFIG_INVALID_VALUE',
      message: expect.stringMatching(
        /seed is no list \(conf|seed is no list \(.*config\.yaml:\d+\)/,
      ),
    })
  })
})

describe('refusals', () => {
  it('ranges without an end, or of a size that no one means', async () => {
    for (const range of ['range(1,3,0)', 'range(1e9)', 'interval(0,1)']) {
      await expect(planJobs([`seed=${range}`], true, options)).rejects.toMatchObject({
        code: 'CONFIG_SYNTAX',
      })
    }
  })

  it('a `# @package` line that Hydra would pass over, with its place', async () => {
    await write('experiment/late.yaml', '# what it is for\n# @package _global_\nseed: 1\n')
    await expect(listDefaults(['+experiment=late'], options)).rejects.toMatchObject({
      message: expect.stringContaining(`${join('conf', 'experiment', 'late.yaml')}:2`),
    })
  })

  it('a file that is found in no folder, with the folders', async () => {
    const choice = { name: 'nope', path: 'elsewhere', folders: ['more'] }
    await expect(composeConfig([], { ...options, choice })).rejects.toMatchObject({
      message: expect.stringMatching(/elsewhere or .*more or .*conf\.$/),
    })
  })
})
