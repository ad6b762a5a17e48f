import { AtelierError } from '../core/index.ts'
import { checkAlias, checkModelName, checkVersion } from './names.ts'

/** A version of a model by its number or by an alias; with neither, the newest. */
export interface ModelReference {
  readonly name: string
  readonly version?: number
  readonly alias?: string
}

const SCHEME = 'models:/'

export const isModelUri = (text: string): boolean => text.startsWith(SCHEME)

/** `models:/name/3`, `models:/name@production`, `models:/name`. Throws REGISTRY_NAME_INVALID. */
export function parseModelUri(uri: string): ModelReference {
  if (!isModelUri(uri)) throw malformed(uri)
  const [, name = '', separator = '', rest = ''] = /^([^/@]*)([/@]?)(.*)$/s.exec(
    uri.slice(SCHEME.length),
  )!
  checkModelName(name)
  if (separator === '') return { name }
  if (separator === '@') return { name, alias: checkAlias(rest) }
  if (!/^[1-9]\d{0,14}$/.test(rest)) throw malformed(uri)
  return { name, version: checkVersion(Number(rest)) }
}

export function formatModelUri({ name, version, alias }: ModelReference): string {
  if (version !== undefined) return `${SCHEME}${name}/${version}`
  return alias === undefined ? `${SCHEME}${name}` : `${SCHEME}${name}@${alias}`
}

function malformed(uri: string): AtelierError {
  return new AtelierError(
    'REGISTRY_NAME_INVALID',
    `${JSON.stringify(uri.slice(0, 120))} does not name a registered model.`,
    { hint: 'Write models:/NAME/3, models:/NAME@production, or models:/NAME for the newest.' },
  )
}
