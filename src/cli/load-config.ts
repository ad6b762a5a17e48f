import { join } from 'node:path'
import {
  type ComposedConfig,
  type ComposeOptions,
  composeConfig,
  planJobs,
} from '../config/index.ts'
import type { CommandContext } from './context.ts'

/**
 * The resolved configuration of a command: the user's `./conf` over the package's, then overrides.
 * `job` is the number of a job in a multirun.
 */
export async function loadConfig(
  context: CommandContext,
  overrides: readonly string[],
  job?: number,
): Promise<ComposedConfig> {
  const composed = await composeConfig(overrides, { ...composeOptions(context), job })
  for (const warning of composed.warnings) context.logger.warn(warning)
  return composed
}

/** The overrides of each job: one for a plain run, all combinations for a multirun. */
export function loadJobs(
  context: CommandContext,
  overrides: readonly string[],
  multirun: boolean,
): ReturnType<typeof planJobs> {
  return planJobs(overrides, multirun, composeOptions(context))
}

/** Where a command's configuration comes from. */
export function composeOptions({ cwd, env, packageRoot, config }: CommandContext): ComposeOptions {
  return { cwd, env, packageConf: join(packageRoot, 'conf'), choice: config }
}
