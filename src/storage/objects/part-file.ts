import { constants } from 'node:fs'
import { copyFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** As many calls may fetch the same bytes to the same path at once, or have died doing so. */
const SLOTS = [0, 1, 2, 3]
const ATTEMPTS = 100
/** Looking through a folder takes longer than fetching a small object. */
const LARGE_BYTES = 8 << 20
/** No call is silent for so long: its deadlines are shorter. */
const STALE_MS = 600_000

export interface Part {
  readonly path: string
  /** Whether an earlier call left something. */
  readonly resumed: boolean
}

/**
 * A new hidden file beside `path`, which begins with what an earlier call for the same bytes left. It is a
 * copy: that call may live, and nobody else must write to a file that will be `path`. When the file is
 * gone later, another call took its slot.
 */
export async function beginPart(path: string, identity: string, now: number): Promise<Part> {
  for (let attempt = 1; ; attempt++) {
    const slots = await Promise.all(partNames(path, identity).map(lookAt))
    const left = slots.filter(({ size }) => size >= 0).sort((a, b) => b.size - a.size)
    const free = slots.find(({ size }) => size < 0)
    const longest = left[0]
    try {
      if (free === undefined) await rm(left.at(-1)!.file, { force: true })
      else if (longest === undefined) await writeFile(free.file, '', { flag: 'wx' })
      else await continueFrom(longest, free.file, now)
      if (free !== undefined) return { path: free.file, resumed: longest !== undefined }
    } catch (error) {
      // somebody else took the slot, or the part that was left
      const { code = '' } = error as NodeJS.ErrnoException
      if (!/^E(?:EXIST|NOENT)$/.test(code) || attempt === ATTEMPTS) throw error
    }
  }
}

async function continueFrom(left: Left, slot: string, now: number): Promise<void> {
  await copyFile(left.file, slot, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  if (now - left.modified > STALE_MS) await rm(left.file, { force: true })
}

/** Says that nobody works on a part: the next call need not keep it beside its copy. */
export async function leavePart({ path }: Part): Promise<void> {
  await utimes(path, 0, 0).catch(() => {})
}

/** Removes what other calls for the same bytes left and, of a large file, also the beginnings of other bytes. */
export async function removeParts(path: string, identity: string, size: number): Promise<void> {
  const names = size < LARGE_BYTES ? partNames(path, identity) : await allParts(path)
  await Promise.all(names.map((file) => rm(file, { force: true })))
}

/** Whether there may be something for `removeParts` to do. */
export function mayLeaveParts({ resumed }: Part, size: number): boolean {
  return resumed || size >= LARGE_BYTES
}

function partNames(path: string, identity: string): string[] {
  return SLOTS.map((slot) => join(dirname(path), `.${basename(path)}.${identity}.${slot}.part`))
}

async function allParts(path: string): Promise<string[]> {
  const folder = dirname(path)
  const start = `.${basename(path)}.`
  return (await readdir(folder))
    .filter((name) => name.startsWith(start))
    .filter((name) => /^[0-9a-f]{12}\.\d\.part$/.test(name.slice(start.length)))
    .map((name) => join(folder, name))
}

interface Left {
  readonly file: string
  /** -1 when there is no such file. */
  readonly size: number
  readonly modified: number
}

async function lookAt(file: string): Promise<Left> {
  return stat(file).then(
    ({ size, mtimeMs }) => ({ file, size, modified: mtimeMs }),
    () => ({ file, size: -1, modified: 0 }),
  )
}
