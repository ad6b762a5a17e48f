import { resolve } from 'node:path'
import type { ProjectConfig } from '../../contracts/index.ts'
import { openRegistry, type Registry } from '../../registry/index.ts'
import type { CommandContext } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { openArtifactStore } from './open-artifact-store.ts'

/** What the `models` commands work on. */
export interface OpenRegistry {
  readonly config: ProjectConfig
  readonly registry: Registry
}

/** Opens the registry of a project for some work. Throws STORE_UNAVAILABLE. */
export async function withRegistry<T>(
  context: CommandContext,
  work: (open: OpenRegistry) => Promise<T>,
  overrides: readonly string[] = [],
): Promise<T> {
  const { config } = await loadConfig(context, overrides)
  return withConfiguredRegistry(context, config, (registry) => work({ config, registry }))
}

/** As `withRegistry`, where the configuration is known. */
export async function withConfiguredRegistry<T>(
  context: Pick<CommandContext, 'cwd' | 'env' | 'clock'>,
  config: Pick<ProjectConfig, 'tracking' | 'registry'>,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  const registry = await openConfiguredRegistry(context, config)
  try {
    return await work(registry)
  } finally {
    await registry.close()
  }
}

/** The registry of a project; `close` lets go of its files, too. Throws STORE_UNAVAILABLE. */
export async function openConfiguredRegistry(
  context: Pick<CommandContext, 'cwd' | 'env' | 'clock'>,
  { tracking, registry: settings }: Pick<ProjectConfig, 'tracking' | 'registry'>,
): Promise<Registry> {
  const { cwd, env, clock } = context
  const { protected_aliases: protectedAliases, webhooks, github } = settings
  const place = { url: env['DATABASE_URL'], path: resolve(cwd, tracking.database) }
  const artifacts = await openArtifactStore(context, settings.store)
  try {
    const options = { store: artifacts.store, clock, protectedAliases, webhooks, github }
    const registry = await openRegistry(place, options)
    const close = async () => {
      await registry.close()
      await artifacts.close()
    }
    return { ...registry, close }
  } catch (error) {
    await artifacts.close()
    throw error
  }
}
