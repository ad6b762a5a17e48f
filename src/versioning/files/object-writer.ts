import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import {
  OBJECT_MODE,
  objectFile,
  type ReadTools,
  writeNewFile,
  writeObject,
} from './object-file.ts'

/** Writes objects that come in the order of their names; each is there whole or not at all, however this ends. */
export interface ObjectWriter {
  write(md5: string, bytes: Uint8Array): void
  /** Without this call, the last objects may not have come to their place. */
  finish(): void
  /** Takes away what did not come to its place. */
  close(): void
}

/**
 * A two-digit folder that is not there yet is filled under another name, with `mark` in it, and then renamed as a whole:
 * that is one change of a name where each file would be one. `objects`: the folder of these folders.
 */
export function createObjectWriter(objects: string, mark: string, tools: ReadTools): ObjectWriter {
  let two: string | undefined
  let filling: string | undefined
  const finish = () => {
    if (filling !== undefined) placeFolder(filling, `${objects}/${two}`)
    filling = undefined
  }
  const begin = (next: string) => {
    finish()
    two = next
    if (existsSync(`${objects}/${two}`)) return
    const folder = `${objects}/.${two}.${mark}${tools.unique()}.tmp`
    mkdirSync(folder)
    filling = folder
  }
  return {
    write(md5, bytes) {
      const next = md5.slice(0, 2)
      if (next !== two) begin(next)
      if (filling === undefined) writeObject(objectFile(objects, md5), bytes, tools)
      else writeNewFile(`${filling}/${md5.slice(2)}`, bytes, OBJECT_MODE, tools)
    },
    finish,
    close() {
      if (filling !== undefined) rmSync(filling, { recursive: true, force: true })
    },
  }
}

function placeFolder(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    // someone else made the folder meanwhile
    if (!existsSync(to)) throw error
    for (const name of readdirSync(from)) renameSync(`${from}/${name}`, `${to}/${name}`)
    rmdirSync(from)
  }
}
