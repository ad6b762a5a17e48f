import type { ModelVersion } from '../../contracts/index.ts'
import { isModelUri } from '../../registry/index.ts'
import type { CommandContext } from '../context.ts'
import { parseReference } from './model-reference.ts'
import { registerModel } from './register-model.ts'
import type { OpenRegistry } from './with-registry.ts'

/**
 * The version that shall be promoted: a registered one, or a run or file, which is registered where it
 * is not yet. The newest version when nothing is named; before the first one, the newest run.
 */
export async function findCandidate(
  context: CommandContext,
  open: OpenRegistry,
  word: string | undefined,
  { name, actor }: { readonly name: string; readonly actor: string },
): Promise<ModelVersion> {
  const names = (await open.registry.list()).map((model) => model.name)
  if (word === undefined ? names.includes(name) : isReference(word, names)) {
    return open.registry.version(parseReference(word ?? name, name))
  }
  const { version, isNew } = await registerModel(context, open, { query: word, name, actor })
  if (isNew) context.logger.info(`Registered as ${name} version ${version.version}.`)
  return version
}

const isReference = (word: string, names: readonly string[]) =>
  isModelUri(word) ||
  /^\d+$/.test(word) ||
  word.includes('@') ||
  /^[A-Za-z][\w.-]*\/\d+$/.test(word) ||
  names.includes(word)
