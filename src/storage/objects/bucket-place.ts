import { checkKey } from './object-key.ts'
import type { Remote } from './remote-call.ts'

/** The part of a bucket that a store is. */
export interface BucketPlace extends Remote {
  readonly bucket: string
  /** Empty, or without a slash at its end. */
  readonly prefix: string
  readonly partBytes: number
  readonly connections: number
}

export function fullKey({ prefix }: BucketPlace, key: string): string {
  checkKey(key)
  return prefix === '' ? key : checkKey(`${prefix}/${key}`)
}

/** The key within the store; undefined for names that cannot be keys, such as the `folder/` of web consoles. */
export function ownKey({ prefix }: BucketPlace, name: string): string | undefined {
  const key = prefix === '' ? name : name.slice(prefix.length + 1)
  try {
    return checkKey(key)
  } catch {
    return undefined
  }
}
