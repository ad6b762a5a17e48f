import { AtelierError, type Clock } from '../../../core/index.ts'
import type { ObjectStore } from '../../../storage/index.ts'
import { daysBetween, folderOf } from './log-keys.ts'

/** Texts under keys: what a prediction log needs of a store of objects. */
export interface LogObjects {
  readonly url: string
  /** False, and nothing is written, where there is an object already. */
  add(key: string, text: string): Promise<boolean>
  replace(key: string, text: string): Promise<void>
  /** Undefined where there is no such object, or no more. */
  read(key: string): Promise<Buffer | undefined>
  /** Keys that begin so, in their order. */
  keys(prefix: string): AsyncIterable<string>
  /** Keys `KIND/2026/11/25/…` of the days from … to, which are times. */
  keysBetween(kind: string, from: number, to: number): Promise<readonly string[]>
  delete(key: string): Promise<void>
  close(): Promise<void>
}

/** One listing of all is sooner than so many of days. */
const MOST_DAYS = 32
const DAY_MS = 86_400_000

const typeOf = (key: string) => (key.endsWith('.csv') ? 'text/csv' : 'application/json')

export function logObjects(store: ObjectStore, clock: Clock): LogObjects {
  const keys: LogObjects['keys'] = async function* (prefix) {
    for await (const { key } of store.list(prefix)) yield key
  }
  return {
    url: store.url,
    add: async (key, text) => {
      const options = { ifAbsent: true, contentType: typeOf(key) }
      try {
        await store.write(key, Buffer.from(text), options)
        return true
      } catch (error) {
        if (isCode(error, 'OBJECT_EXISTS')) return false
        throw error
      }
    },
    replace: async (key, text) => {
      await store.write(key, Buffer.from(text), { contentType: typeOf(key) })
    },
    read: async (key) => {
      try {
        const pieces: Uint8Array[] = []
        for await (const piece of await store.read(key)) pieces.push(piece)
        return Buffer.concat(pieces)
      } catch (error) {
        if (isCode(error, 'OBJECT_NOT_FOUND')) return undefined
        throw error
      }
    },
    keys,
    keysBetween: async (kind, from, to) => {
      const days = daysBetween(Math.max(0, from), Math.min(to, clock.now() + DAY_MS))
      const folders = days.map((day) => `${kind}/${folderOf(day)}`)
      const found: string[] = []
      for (const prefix of folders.length > MOST_DAYS ? [`${kind}/`] : folders) {
        for await (const key of keys(prefix)) if (key >= folders[0]!) found.push(key)
      }
      return found
    },
    delete: (key) => store.delete(key),
    close: () => store.close(),
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof AtelierError && error.code === code
}
