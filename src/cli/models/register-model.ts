import { resolve } from 'node:path'
import { readManifest } from '../../bundle/index.ts'
import type { Registration } from '../../registry/index.ts'
import type { CommandContext } from '../context.ts'
import { findModel, readFoundModel, runOfModel } from '../find-model.ts'
import { lineageOf } from './model-lineage.ts'
import type { OpenRegistry } from './with-registry.ts'

export interface WhatToRegister {
  /** A run, a path or a URI; the newest completed run where absent. */
  readonly query: string | undefined
  readonly name: string
  readonly actor: string
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
}

/** Registers a model with all that is known of it. Throws MODEL_NOT_FOUND, MODEL_INVALID, MODEL_FOREIGN. */
export async function registerModel(
  context: CommandContext,
  { registry, config }: OpenRegistry,
  { query, name, actor, description, tags }: WhatToRegister,
): Promise<Registration> {
  const found = await findModel(context, query ?? 'latest', config)
  const bytes = await readFoundModel(found)
  const manifest = readManifest(bytes)
  const run = await runOfModel(found, manifest, resolve(context.cwd, config.paths.runs))
  const lineage = await lineageOf(manifest, run)
  const made = await registry.register({ name, bytes, lineage, actor, description, tags })
  if (made.isNew || (description === undefined && tags === undefined)) return made
  const { version } = made.version
  const all = tags && [...made.version.tags, ...tags]
  return {
    ...made,
    version: await registry.describe({ name, version, actor, description, tags: all }),
  }
}
