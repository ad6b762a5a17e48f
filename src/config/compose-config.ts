import { join } from 'node:path'
import type { Config } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'
import { composeTree } from './compose-tree.ts'
import { ConfigSource } from './config-source.ts'
import { type Environment, resolveInterpolations } from './interpolation.ts'
import { type ConfigNode, describeOrigin, toPlain } from './node.ts'
import { parseOverride } from './override.ts'
import { configKeys } from './schema-keys.ts'
import { toYaml } from './to-yaml.ts'
import { validateConfig } from './validate.ts'

export interface ComposeOptions {
  /** The user's project folder: its `conf/`, if there is one, hides packaged files of the same name. */
  readonly cwd: string
  readonly env: Environment
  /** The `conf/` folder of the installed package. */
  readonly packageConf: string
}

export interface ComposedConfig {
  readonly config: Config
  /** The resolved configuration as text, for the run folder. */
  readonly yaml: string
  readonly overrides: readonly string[]
  readonly provenance: readonly ConfigSetting[]
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
  { cwd, env, packageConf }: ComposeOptions,
): Promise<ComposedConfig> {
  const source = new ConfigSource([join(cwd, 'conf'), packageConf], cwd)
  const { root } = await composeTree(source, 'config', overrides.map(parseOverride)).catch(explain)
  const resolved = resolveInterpolations(root, env)
  const config = validateConfig(resolved)
  return { config, yaml: toYaml(resolved), overrides, provenance: settingsOf(resolved, '') }
}

/** A key that exists, but not in this composition, is no typo: `data.train` without `data=sketch`. */
function explain(error: unknown): never {
  const key = error instanceof AtelierError ? error.data['key'] : undefined
  const isKnown = configKeys().some((entry) => entry.key === key)
  if (!(error instanceof AtelierError) || error.code !== 'CONFIG_UNKNOWN_KEY' || !isKnown)
    throw error
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
