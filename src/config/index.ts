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
export { type ConfigKey, configKeys, keysBelow } from './schema-keys.ts'
