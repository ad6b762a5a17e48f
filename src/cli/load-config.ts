import { join } from 'node:path'
import { type ComposedConfig, composeConfig } from '../config/index.ts'
import type { CommandContext } from './context.ts'

/** The resolved configuration of a command: the user's `./conf` over the package's, then overrides. */
export function loadConfig(
  context: CommandContext,
  overrides: readonly string[],
): Promise<ComposedConfig> {
  return composeConfig(overrides, {
    cwd: context.cwd,
    env: context.env,
    packageConf: join(context.packageRoot, 'conf'),
  })
}
