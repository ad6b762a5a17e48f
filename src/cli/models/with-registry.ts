import { resolve } from 'node:path'
import type { ProjectConfig } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { folderArtifactStore, openRegistry, type Registry } from '../../registry/index.ts'
import type { CommandContext } from '../context.ts'
import { loadConfig } from '../load-config.ts'

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
  { cwd, env, clock }: Pick<CommandContext, 'cwd' | 'env' | 'clock'>,
  { tracking, registry: settings }: Pick<ProjectConfig, 'tracking' | 'registry'>,
  work: (registry: Registry) => Promise<T>,
): Promise<T> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(settings.store)) {
    throw new AtelierError('CONFIG_INVALID_VALUE', `registry.store is ${settings.store}.`, {
      hint: 'Set it to a folder.',
    })
  }
  const place = { url: env['DATABASE_URL'], path: resolve(cwd, tracking.database) }
  const store = folderArtifactStore(resolve(cwd, settings.store))
  const registry = await openRegistry(place, {
    ...{ store, clock, protectedAliases: settings.protected_aliases },
    ...{ webhooks: settings.webhooks, github: settings.github },
  })
  try {
    return await work(registry)
  } finally {
    await registry.close()
  }
}
