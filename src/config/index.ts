export {
  type ComposedConfig,
  type ComposeOptions,
  type ConfigSetting,
  composeConfig,
} from './compose-config.ts'
export { type ConfigNode, nodeAt, toPlain } from './node.ts'
export { type ConfigKey, configKeys } from './schema-keys.ts'
export { parseYaml } from './yaml-file.ts'
export { resolvePyYamlScalar } from './yaml-scalars.ts'
