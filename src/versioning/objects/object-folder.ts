import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  hashOfKey,
  type ObjectRef,
  objectPath,
  objectsFolder,
  prefixOf,
  refKey,
} from './object-id.ts'

const KINDS = ['md5', 'md5-dos2unix'] as const

/** Looking into the folders is quicker than asking for each of more objects than these. */
const MANY = 2048

/** Tells which objects are in a cache, or in a remote that is a folder; `count`: of how many it will be asked. */
export function presenceOf(root: string, count: number): (ref: ObjectRef) => boolean {
  if (count < MANY) return (ref) => existsSync(objectPath(root, ref))
  const folders = new Map<string, ReadonlySet<string>>()
  return ({ md5, kind }) => {
    const folder = `${prefixOf(kind)}${md5.slice(0, 2)}`
    let names = folders.get(folder)
    if (names === undefined) {
      names = new Set(entriesOf(join(root, folder)))
      folders.set(folder, names)
    }
    return names.has(md5.slice(2))
  }
}

/** The objects in a cache or a remote that is a folder, by `refKey`. */
export function* objectsIn(root: string): Generator<string> {
  for (const kind of KINDS) {
    const folder = objectsFolder(root, kind)
    for (const two of entriesOf(folder)) {
      if (!/^[0-9a-f]{2}$/.test(two)) continue
      for (const rest of entriesOf(join(folder, two))) {
        const md5 = hashOfKey(`${prefixOf(kind)}${two}/${rest}`, kind)
        if (md5 !== undefined) yield refKey({ md5, kind })
      }
    }
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (/^(?:ENOENT|ENOTDIR)$/.test(code)) return []
    throw error
  }
}
