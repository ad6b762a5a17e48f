/** The packaged configuration files: complete, described by the published schemas, and valid. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { composeConfig, configJsonSchemas, planJobs } from '../src/config/index.ts'
import { configSchema, projectConfigSchema } from '../src/contracts/index.ts'
import { architectures } from '../src/nn/index.ts'

const root = resolve(import.meta.dirname, '..')
const packageConf = join(root, 'conf')
const options = { cwd: '/nonexistent', env: {}, packageConf }
const schemas = configJsonSchemas() as Record<string, Parameters<typeof z.fromJSONSchema>[0]>
const optionsOf = (group: string) =>
  readdirSync(join(packageConf, group)).map((file) => file.replace(/\.yaml$/, ''))
const groups = readdirSync(packageConf, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
const files = readdirSync(packageConf, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.yaml'),
)

describe('docs/schema', () => {
  it.each(Object.keys(schemas))(
    '%s.json is the one made from the types (rewrite it with `npx vitest run test/config-files.test.ts -u`)',
    async (name) => {
      const text = `${JSON.stringify(schemas[name], null, 2)}\n`
      await expect(text).toMatchFileSnapshot(`../docs/schema/${name}.json`)
    },
  )

  it('covers every key of the configuration', () => {
    const shape = Object.keys(projectConfigSchema.shape)
    const { properties } = schemas['config'] as { readonly properties: object }
    expect(Object.keys(properties)).toEqual(['defaults', ...shape, 'hydra'])
  })
})

describe('conf', () => {
  it('has the groups', () => {
    expect(groups.sort()).toEqual([
      'alerts',
      'augmentation',
      'data',
      'experiment',
      'gate',
      'model',
      'monitoring',
      'optimizer',
      'recipe',
      'registry',
      'schedule',
      'serving',
      'tracking',
    ])
  })

  it.each(files)('%s names its schema, and keeps to it', (file) => {
    const text = readFileSync(join(packageConf, file), 'utf8')
    const name = /yaml-language-server: \$schema=(?:\.\.\/)+docs\/schema\/(\w+)\.json/.exec(
      text,
    )?.[1]
    const isGlobal = text.startsWith('# @package _global_') || file === 'config.yaml'
    expect(name).toBe(isGlobal ? 'config' : file.split('/')[0])
    z.fromJSONSchema(schemas[name!]!).parse(parse(text))
  })

  const bad = [
    ['config', 'seeds: 1'],
    ['config', 'model: {type: 3}'],
    ['config', 'hydra: {run: {dir: x}}'],
    ['optimizer', 'name: adm'],
    ['optimizer', 'momentum: 2'],
    ['data', 'source: idxx'],
  ] as const
  it.each(bad)('the schema of %s refuses `%s`', (name, text) => {
    expect(z.fromJSONSchema(schemas[name]!).safeParse(parse(text)).success).toBe(false)
  })

  it('takes references and missing values for any type', () => {
    const text = `seed: "\${oc.env:SEED}"\ndata: { path: ???, validation: "\${seed}" }\n`
    z.fromJSONSchema(schemas['config']!).parse(parse(text))
  })

  const choices = groups
    .filter((group) => group !== 'experiment' && group !== 'data')
    .flatMap((group) => optionsOf(group).map((option) => `${group}=${option}`))
  it.each(choices)('%s gives a valid configuration', async (choice) => {
    const { config } = await composeConfig([choice], options)
    const [group, option] = choice.split('=') as [keyof typeof config, string]
    const section = config[group] as { readonly name?: string; readonly type?: string } | undefined
    const named = group === 'registry' ? undefined : (section?.type ?? section?.name)
    expect(named ?? option).toBe(option)
  })

  it.each(optionsOf('experiment'))('+experiment=%s gives valid configurations', async (name) => {
    const { jobs } = await planJobs([`+experiment=${name}`], false, options)
    for (const job of jobs) await composeConfig(job, options)
    expect(jobs.length).toBe(name === 'three_seeds' ? 3 : 1)
  })

  it('has an option for every architecture, optimizer and schedule', () => {
    const { optimizer, schedule } = configSchema.shape
    expect(optionsOf('model').sort()).toEqual(Object.keys(architectures).sort())
    expect(optionsOf('optimizer').sort()).toEqual([...optimizer.shape.name.options].sort())
    expect(optionsOf('schedule').sort()).toEqual([...schedule.shape.name.options].sort())
  })

  it('lets what is chosen go over the recipe, and the recipe over the plain values', async () => {
    const { config } = await composeConfig(['optimizer=sgd', 'recipe=fast', 'model=mlp'], options)
    expect(config.optimizer).toMatchObject({ name: 'sgd', weight_decay: 0.0005 })
    expect(config.model.type).toBe('mlp')
    expect(config.hyperparameters.epochs).toBe(
      (await composeConfig(['recipe=fast'], options)).config.hyperparameters.epochs,
    )
  })
})
