import type { ObjectRef } from '../objects/object-id.ts'
import { countOf, versioningError } from '../versioning-error.ts'

export function objectsMissing(where: string, refs: readonly ObjectRef[], hint: string) {
  const names = refs.map(({ md5 }) => md5)
  const some = names.slice(0, 3).join(', ')
  return versioningError(
    'DVC_OBJECT_MISSING',
    `${countOf(refs.length, 'object')} ${refs.length === 1 ? 'is' : 'are'} not in ${where}: ${some}${names.length > 3 ? ' …' : ''}.`,
    { hint, data: { objects: names.slice(0, 100), count: names.length } },
  )
}

export function objectsCorrupt(where: string, refs: readonly ObjectRef[], hint: string) {
  const names = refs.map(({ md5 }) => md5)
  return versioningError(
    'DVC_OBJECT_CORRUPT',
    `${countOf(refs.length, 'object')} in ${where} ${refs.length === 1 ? 'is' : 'are'} not what the name says: ${names.slice(0, 3).join(', ')}.`,
    { hint, data: { objects: names.slice(0, 100), count: names.length } },
  )
}

export const PULL_HINT = 'Push the data from where it was added: atelier data push.'
export const CACHE_HINT = 'Run `atelier data doctor --repair`, and add or pull the data again.'
export const REMOTE_HINT = 'Delete the object there, and push it again from where it is whole.'
