import { isModelUri, type ModelReference, parseModelUri } from '../../registry/index.ts'

/** What the commands say of the argument. */
export const REFERENCE =
  'A version (3), an alias (@production), NAME, NAME/3, NAME@production, or models:/… of these.'

/**
 * A version as a person writes it: `3` and `@production` are of the default name. Throws
 * REGISTRY_NAME_INVALID.
 */
export function parseReference(text: string, defaultName: string): ModelReference {
  if (isModelUri(text)) return parseModelUri(text)
  if (/^\d+$/.test(text)) return parseModelUri(`models:/${defaultName}/${text}`)
  return parseModelUri(`models:/${text.startsWith('@') ? defaultName : ''}${text}`)
}
