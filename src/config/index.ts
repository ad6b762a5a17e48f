export {
  type ComposedConfig,
  type ComposeOptions,
  type ConfigSetting,
  composeConfig,
} from './compose-config.ts'
export { type ConfigKey, configKeys } from './schema-keys.ts'
