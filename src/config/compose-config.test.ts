import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { composeConfig } from './compose-config.ts'
import { toPlain } from './node.ts'
import { parseYaml } from './yaml-file.ts'

const packageConf = resolve(import.meta.dirname, '../../conf')
let cwd = ''

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-config-'))
})
afterEach(() => rm(cwd, { recursive: true }))

const compose = (...overrides: string[]) => composeConfig(overrides, { cwd, env: {}, packageConf })

async function write(name: string, text: string): Promise<void> {
  const path = join(cwd, 'conf', name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

describe('composeConfig', () => {
  it("takes the Python original's overrides verbatim", async () => {
    const { config } = await compose(
      'hyperparameters.learning_rate=0.01',
      'hyperparameters.batch_size=128',
      'hyperparameters.epochs=10',
      'model.type=mlp',
      'seed=7',
    )
    expect(config.hyperparameters).toEqual({ learning_rate: 0.01, batch_size: 128, epochs: 10 })
    expect(config.model.type).toBe('mlp')
    expect(config.seed).toBe(7)
  })

  it.each(['fashion-mnist', 'sketch'])('has a valid configuration for data=%s', async (data) => {
    expect((await compose(`data=${data}`)).config.data.name).toBe(data)
  })

  it.each(['default', 'original'])('has a valid configuration for recipe=%s', async (recipe) => {
    expect((await compose(`recipe=${recipe}`)).config.hyperparameters.epochs).toBe(5)
  })

  it('lets overrides win over the recipe whatever their order', async () => {
    const { config } = await compose('hyperparameters.learning_rate=0.5', 'recipe=original')
    expect(config.hyperparameters.learning_rate).toBe(0.5)
    expect(config.optimizer.name).toBe('adam')
  })

  it('writes YAML that reads back as the configuration', async () => {
    const { config, yaml } = await compose('data=sketch', 'optimizer.eps=1e-7')
    expect(toPlain(parseYaml(yaml, 'config.yaml'))).toEqual(config)
  })

  it('tells for every value which line or override set it', async () => {
    const { provenance } = await compose('seed=7')
    const origin = (key: string) => provenance.find((setting) => setting.key === key)?.origin
    expect(origin('seed')).toBe("override 'seed=7'")
    expect(origin('optimizer.name')).toMatch(/conf\/recipe\/default\.yaml:\d+$/)
    expect(origin('optimizer.beta1')).toMatch(/conf\/config\.yaml:\d+$/)
  })

  it("puts the user's conf folder over the package's, file by file", async () => {
    await write('recipe/default.yaml', '# @package _global_\nseed: 99\n')
    await write('recipe/mine.yaml', '# @package _global_\nhyperparameters:\n  epochs: 2\n')
    expect((await compose()).config.seed).toBe(99)
    const mine = await compose('recipe=mine')
    expect(mine.config.hyperparameters.epochs).toBe(2)
    expect(mine.provenance).toContainEqual({
      key: 'hyperparameters.epochs',
      value: 2,
      origin: join('conf', 'recipe', 'mine.yaml:3'),
    })
  })

  it('reads environment variables and other keys by interpolation', async () => {
    await write(
      'recipe/env.yaml',
      `# @package _global_\nseed: \${oc.decode:\${oc.env:MY_SEED,5}}\npaths:\n  models: \${paths.runs}/models\n`,
    )
    const options = { cwd, env: { MY_SEED: '11' }, packageConf }
    const { config } = await composeConfig(['recipe=env'], options)
    expect(config.seed).toBe(11)
    expect(config.paths.models).toBe('runs/models')
  })
})

describe('composeConfig, refusing', () => {
  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['sed=7', 'CONFIG_UNKNOWN_KEY', /Did you mean 'seed'/],
    ['hyperparameters.lr=1', 'CONFIG_UNKNOWN_KEY', /hyperparameters\.learning_rate/],
    ['hyperparameter.epochs=1', 'CONFIG_UNKNOWN_KEY', /hyperparameters\.epochs/],
    ['epochs=1', 'CONFIG_UNKNOWN_KEY', /hyperparameters\.epochs/],
    ['recpie=fast', 'CONFIG_UNKNOWN_KEY', /'recipe'/],
    ['+optimizer.momentun=0.5', 'CONFIG_UNKNOWN_KEY', /optimizer\.momentum/],
    ['data.train=5', 'CONFIG_UNKNOWN_KEY', /belongs to another choice/],
    ['hyperparameters.epochs=2.5', 'CONFIG_INVALID_VALUE', /is 2\.5, but must be: integer > 0/],
    ['seed=-1', 'CONFIG_INVALID_VALUE', /is -1, but must be: integer ≥ 0 \(override 'seed=-1'\)/],
    ['model.dropout=1', 'CONFIG_INVALID_VALUE', /is 1, but must be: number ≥ 0 and < 1/],
    ['optimizer.beta2=1', 'CONFIG_INVALID_VALUE', /is 1, but must be: number ≥ 0 and < 1/],
    ['optimizer.name=adm', 'CONFIG_INVALID_VALUE', /"sgd" \| "adam" \| "adamw"/],
    ['model=cn', 'CONFIG_UNKNOWN_OPTION', /Did you mean 'cnn'\? There are: cnn, lite/],
    ['optimiser=sgd', 'CONFIG_UNKNOWN_KEY', /Did you mean 'optimizer'/],
    ['optimizer={momentun: 0.5}', 'CONFIG_UNKNOWN_KEY', /optimizer\.momentum/],
    ['data=[1', 'CONFIG_SYNTAX', /'\]' is missing \(character 8\)/],
    ['seed=in(3.5)', 'CONFIG_SYNTAX', /did you mean 'int'/],
    ['seed=int(x)', 'CONFIG_SYNTAX', /int\(\): 'x' is no whole number \(character 6\)/],
    ['tracking@x=quiet', 'CONFIG_UNKNOWN_OPTION', /tracking@x.*not in the defaults list/],
    ['seed@x=1', 'CONFIG_UNKNOWN_OPTION', /there is no group 'seed'/],
    ['+recipe=fast', 'CONFIG_SYNTAX', /'recipe' is chosen already/],
    ['experiment=smoke', 'CONFIG_UNKNOWN_OPTION', /write \+experiment=smoke/],
    ['hydra.run.dir=x', 'CONFIG_UNKNOWN_KEY', /paths\.runs/],
    ['paths[0]=x', 'CONFIG_SYNTAX', /is not a key .*paths\.0/s],
    ['data=skech', 'CONFIG_UNKNOWN_OPTION', /Did you mean 'sketch'\? There are: fashion-mnist/],
    ['data=folder', 'CONFIG_MISSING_VALUE', /data\.path has no value yet .*folder\.yaml:\d+/],
    ['seed=???', 'CONFIG_MISSING_VALUE', /Set seed=VALUE/],
    ['seed=1,2', 'CONFIG_SYNTAX', /several values for one run.* use -m/s],
    ['data=sketch,folder', 'CONFIG_SYNTAX', /use -m/],
    ["paths.runs='a", 'CONFIG_SYNTAX', /not closed/],
    ['paths.runs=a=b', 'CONFIG_SYNTAX', /needs quotes/],
    [`seed=\${nope}`, 'CONFIG_INTERPOLATION', /names 'nope'.*\(override 'seed=/],
    [`paths.runs=\${paths.model}`, 'CONFIG_INTERPOLATION', /Did you mean '\$\{paths\.models\}'/],
    [`paths.runs=x\${oc.evn:A}`, 'CONFIG_INTERPOLATION', /Did you mean 'oc\.env'/],
    [`paths.runs='x\${seed'`, 'CONFIG_INTERPOLATION', /without its.*character 8/],
    [`paths.runs=\${oc.env:ATELIER_NOT_SET}`, 'CONFIG_INTERPOLATION', /ATELIER_NOT_SET/],
    [`seed=\${seed}`, 'CONFIG_INTERPOLATION', /refers to itself/],
  ]
  it.each(refusals)('%s with %s', async (override, code, text) => {
    const error = await compose(override).then(
      () => undefined,
      (thrown: { code: string; message: string; hint?: string }) => thrown,
    )
    expect(error?.code).toBe(code)
    expect(`${error?.message} ${error?.hint}`).toMatch(text)
  })

  it('a key in a file, naming file and line', async () => {
    await write('recipe/bad.yaml', '# @package _global_\nmodel:\n  dropot: 0.1\n')
    await expect(compose('recipe=bad')).rejects.toMatchObject({
      code: 'CONFIG_UNKNOWN_KEY',
      message: expect.stringContaining(join('conf', 'recipe', 'bad.yaml:3')),
      hint: "Did you mean 'model.dropout'?",
    })
  })

  it('malformed YAML and duplicate keys, naming the line', async () => {
    await write('recipe/twice.yaml', 'seed: 1\nseed: 2\n')
    await expect(compose('recipe=twice')).rejects.toMatchObject({
      code: 'CONFIG_SYNTAX',
      message: expect.stringContaining('twice.yaml:2'),
    })
  })
})
