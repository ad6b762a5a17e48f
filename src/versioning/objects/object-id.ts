import { join } from 'node:path'

/**
 * How a file's MD5 is made and where its object lies: `md5` is DVC 3's; `md5-dos2unix` is that of DVC 2,
 * which takes CRLF for LF in text.
 */
export type HashKind = 'md5' | 'md5-dos2unix'

/** What names an object: 32 hex digits, and `.dir` for the listing of a directory. */
export interface ObjectRef {
  readonly md5: string
  readonly kind: HashKind
}

export const DIR_SUFFIX = '.dir'

export function isDirHash(md5: string): boolean {
  return md5.endsWith(DIR_SUFFIX)
}

export function isObjectHash(text: string): boolean {
  return /^[0-9a-f]{32}(?:\.dir)?$/.test(text)
}

/** Where objects of a kind lie below a cache or a remote, with a slash at the end. */
export function prefixOf(kind: HashKind): string {
  return kind === 'md5' ? 'files/md5/' : ''
}

/** The folder of the two-digit folders of a kind. */
export function objectsFolder(root: string, kind: HashKind): string {
  return kind === 'md5' ? join(root, 'files', 'md5') : root
}

/** The object's name in a cache or a remote, parts separated by `/`. */
export function objectKey({ md5, kind }: ObjectRef): string {
  return `${prefixOf(kind)}${md5.slice(0, 2)}/${md5.slice(2)}`
}

export function objectPath(root: string, ref: ObjectRef): string {
  return join(root, objectKey(ref))
}

/** The hash that a name in a cache or remote stands for; undefined for what is no object. */
export function hashOfKey(key: string, kind: HashKind): string | undefined {
  const prefix = prefixOf(kind)
  if (!key.startsWith(prefix)) return undefined
  const match = /^([0-9a-f]{2})\/([0-9a-f]{30}(?:\.dir)?)$/.exec(key.slice(prefix.length))
  return match === null ? undefined : `${match[1]}${match[2]}`
}

export function refKey({ md5, kind }: ObjectRef): string {
  return `${kind}:${md5}`
}
