import { join, resolve } from 'node:path'
import { type Config, configSchema, type ProjectConfig } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'
import { type Composition, composeTree } from './compose-tree.ts'
import { ConfigSource, type SearchFolder } from './config-source.ts'
import { expandSweep } from './expand-sweep.ts'
import { asksForMultirun, hydraDefaults, hydraFacts, sweepParameters } from './hydra-node.ts'
import { resolveInterpolations } from './interpolation.ts'
import { mergeNodes, removeAt } from './merge.ts'
import { type ConfigNode, describeOrigin, toPlain } from './node.ts'
import { type Override, parseOverride, sweepError } from './override.ts'
import { isSweep } from './override-value.ts'
import type { Environment } from './resolver-context.ts'
import { configKeys } from './schema-keys.ts'
import { toYaml } from './to-yaml.ts'
import { validateConfig } from './validate.ts'

export interface ComposeOptions {
  /** The user's project folder: its `conf/`, if there is one, hides packaged files of the same name. */
  readonly cwd: string
  readonly env: Environment
  /** The `conf/` folder of the installed package. */
  readonly packageConf: string
  readonly choice?: ConfigChoice | undefined
  /** The number of this job in a multirun, from 0. */
  readonly job?: number | undefined
  /** For `${now:%Y-%m-%d}`; the present when absent. */
  readonly now?: Date | undefined
}

/** Which file to start from, and where files are looked for. */
export interface ConfigChoice {
  /** Without `.yaml`; `config` when absent. */
  readonly name?: string | undefined
  /** Takes the place of the project's `conf/`. */
  readonly path?: string | undefined
  /** Looked through after it and before the package's. */
  readonly folders?: readonly string[] | undefined
}

export interface ComposedConfig {
  readonly config: ProjectConfig
  /** The resolved configuration as text. */
  readonly yaml: string
  readonly overrides: readonly string[]
  readonly provenance: readonly ConfigSetting[]
  /** The part that decides a training, for the run folder. */
  readonly training: {
    readonly config: Config
    readonly yaml: string
    readonly provenance: readonly ConfigSetting[]
  }
  /** Of `oc.deprecated`. */
  readonly warnings: readonly string[]
}

/** One value and what set it. */
export interface ConfigSetting {
  readonly key: string
  readonly value: unknown
  /** `conf/recipe/default.yaml:4` or `override 'seed=7'`. */
  readonly origin: string
}

/** Composes `conf/config.yaml` with its groups and the overrides, resolves and validates the result. */
export async function composeConfig(
  overrides: readonly string[],
  options: ComposeOptions,
): Promise<ComposedConfig> {
  const { root } = await composeFiles(overrides, options)
  const warnings: string[] = []
  const resolved = removeAt(resolveTree(root, options, warnings), ['hydra'])
  const config = validateConfig(resolved)
  return {
    config,
    yaml: toYaml(resolved),
    overrides,
    provenance: settingsOf(resolved, ''),
    training: trainingPart(config, resolved),
    warnings,
  }
}

function trainingPart(config: ProjectConfig, resolved: ConfigNode): ComposedConfig['training'] {
  const sections = Object.keys(config).filter((name) => !(name in configSchema.shape))
  const part = sections.reduce((tree, name) => removeAt(tree, [name]), resolved)
  return {
    config: configSchema.strip().parse(config),
    yaml: toYaml(part),
    provenance: settingsOf(part, ''),
  }
}

/** All of a composition, `hydra` included, with `${…}` in it. */
export async function composeFiles(
  overrides: readonly string[],
  options: ComposeOptions,
): Promise<Composition> {
  const { choice, cwd, job } = options
  const parsed = overrides.map(parseOverride)
  const sweep = parsed.find(({ value }) => value !== undefined && isSweep(value))
  if (sweep !== undefined) throw sweepError(sweep)
  const configName = choice?.name ?? 'config'
  const composition = await compose(parsed, configName, options)
  const { choices, root } = composition
  const facts = hydraFacts({ overrides: parsed, configName, cwd, job, choices })
  return { ...composition, root: mergeNodes(root, facts) }
}

/**
 * The overrides of every job of a command line: one for a plain run, all combinations for a multirun,
 * which the configuration too may ask for. Throws CONFIG_SYNTAX for a sweep without a multirun.
 */
export async function planJobs(
  overrides: readonly string[],
  multirun: boolean,
  options: ComposeOptions,
): Promise<{ readonly multirun: boolean; readonly jobs: readonly (readonly string[])[] }> {
  const single = overrides.map(parseOverride).filter(({ value }) => !value || !isSweep(value))
  const { root } = await compose(single, options.choice?.name ?? 'config', options)
  if (!multirun && !asksForMultirun(root)) return { multirun: false, jobs: [overrides] }
  const all = [...sweepParameters(root), ...overrides]
  return { multirun: true, jobs: await expandSweep(all, configSource(options)) }
}

function compose(
  overrides: readonly Override[],
  configName: string,
  options: ComposeOptions,
): Promise<Composition> {
  return composeTree(configSource(options), configName, overrides, hydraDefaults()).catch(explain)
}

/** Where files are looked for, the first place first. */
export function searchPath({ cwd, packageConf, choice }: ComposeOptions): readonly SearchFolder[] {
  const main = resolve(cwd, choice?.path ?? 'conf')
  const more = (choice?.folders ?? []).map((folder) => resolve(cwd, folder))
  return [
    { provider: choice?.path === undefined ? 'project' : 'config path', folder: main },
    ...more.map((folder) => ({ provider: 'config dir', folder })),
    { provider: 'atelier', folder: join(packageConf) },
  ]
}

/** The groups and their options, of all folders. */
export async function configGroups(
  options: ComposeOptions,
): Promise<readonly { readonly group: string; readonly options: readonly string[] }[]> {
  const source = configSource(options)
  const groups = (await source.groups()).sort()
  return Promise.all(groups.map(async (group) => ({ group, options: await source.options(group) })))
}

function configSource(options: ComposeOptions): ConfigSource {
  const folders = searchPath(options).map(({ folder }) => folder)
  return new ConfigSource(folders, options.cwd)
}

/** Every `${…}` of a composition replaced. */
export function resolveTree(
  root: ConfigNode,
  { env, now }: ComposeOptions,
  warnings: string[] = [],
): ConfigNode {
  const warn = (text: string) => warnings.push(text)
  return resolveInterpolations(root, env, { now: now ?? new Date(), warn })
}

/** A key that exists, but not in this composition, is no typo: `data.train` without `data=sketch`. */
function explain(error: unknown): never {
  if (!(error instanceof AtelierError) || error.code !== 'CONFIG_UNKNOWN_KEY') throw error
  const key = String(error.data['key'])
  if (key.startsWith('hydra.') || key.startsWith('hydra/')) {
    throw new AtelierError('CONFIG_UNKNOWN_KEY', error.message, {
      hint: "Of Hydra's own settings there are hydra.mode, hydra.sweeper.params and hydra.job.name. Run folders are in paths.runs.",
      data: error.data,
    })
  }
  if (!configKeys().some((entry) => entry.key === key)) throw error
  throw new AtelierError('CONFIG_UNKNOWN_KEY', `${error.message} It belongs to another choice.`, {
    hint: '`atelier config` with the same overrides shows the keys there are.',
    data: error.data,
  })
}

/** Lists are one value: they are replaced as a whole. */
function settingsOf(node: ConfigNode, key: string): ConfigSetting[] {
  if (node.kind === 'map') {
    return [...node.entries].flatMap(([name, child]) =>
      settingsOf(child, key === '' ? name : `${key}.${name}`),
    )
  }
  return [{ key, value: toPlain(node), origin: describeOrigin(node.origin) }]
}
