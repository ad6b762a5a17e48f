export {
  type ComposedConfig,
  type ComposeOptions,
  type ConfigChoice,
  type ConfigSetting,
  composeConfig,
  configGroups,
  planJobs,
  searchPath,
} from './compose-config.ts'
export {
  type ConfigPart,
  defaultsTree,
  listDefaults,
  showConfig,
} from './inspect-config.ts'
export { configJsonSchemas } from './json-schema.ts'
export { type ConfigNode, describeOrigin, nodeAt, toPlain } from './node.ts'
export { type ConfigKey, configKeys, keysBelow } from './schema-keys.ts'
export { parseYaml } from './yaml-file.ts'
export { resolvePyYamlScalar } from './yaml-scalars.ts'
