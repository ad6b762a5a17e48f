/**
 * A file of one process to which rows are appended before they are answered. What was written is safe
 * from the end of the process in whatever way: the system has it. Frames are `u32 length, u32 CRC-32,
 * payload`; a frame that is cut off ends the file.
 */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { open, readdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { processExists, processIdentity, timeOrderedId } from '../../core/index.ts'

interface Holder {
  readonly pid: number
  readonly host: string
  readonly identity: string
  /** Where its rows are to be brought. */
  readonly target: string
}

export interface Journal {
  /** Tells it from every other one, on any machine. */
  readonly name: string
  /** Appends one frame and gives the file's size after it. Throws what the file system says. */
  append(payload: Uint8Array): number
  /** Closes and removes it. */
  remove(): void
}

export interface JournalFrame {
  readonly payload: Buffer
  /** Of the first byte after it. */
  readonly end: number
}

const FRAME_HEAD = 8
const SUFFIX = '.journal'

/** Makes a journal of this process, of rows for `target`. */
export async function createJournal(folder: string, target: string, now: number): Promise<Journal> {
  const identity = await processIdentity(process.pid)
  const holder: Holder = { pid: process.pid, host: hostname(), identity, target }
  mkdirSync(folder, { recursive: true })
  const name = timeOrderedId(now)
  const path = join(folder, `${name}${SUFFIX}`)
  const file = openSync(path, 'ax', 0o600)
  let size = 0
  const append = (payload: Uint8Array) => {
    const frame = Buffer.allocUnsafe(FRAME_HEAD + payload.length)
    frame.writeUInt32LE(payload.length, 0)
    frame.writeUInt32LE(crc32(payload), 4)
    frame.set(payload, FRAME_HEAD)
    // a full disk may take a part of it: the rest must not stand where a frame is looked for
    let written = 0
    while (written < frame.length) {
      written += writeSync(file, frame, written, frame.length - written, size + written)
    }
    size += frame.length
    return size
  }
  append(Buffer.from(JSON.stringify(holder)))
  return {
    name,
    append,
    remove: () => {
      closeSync(file)
      rmSync(path, { force: true })
    },
  }
}

/** Names of journals for `target` whose process is gone. Those of other machines are theirs. */
export async function orphanedJournals(folder: string, target: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(SUFFIX))
  const orphans: string[] = []
  for (const name of names.sort()) {
    const [head] = await readFrames(join(folder, name))
    if (head !== undefined && (await isOrphan(head.payload, target))) {
      orphans.push(name.slice(0, -SUFFIX.length))
    }
  }
  return orphans
}

async function isOrphan(head: Buffer, wanted: string): Promise<boolean> {
  const { pid, host, identity, target } = JSON.parse(head.toString()) as Holder
  if (host !== hostname() || target !== wanted) return false
  return !processExists(pid) || (await processIdentity(pid)) !== identity
}

/** The frames of rows of a journal, after its head; those that were written whole. */
export async function readJournal(folder: string, name: string): Promise<readonly JournalFrame[]> {
  return (await readFrames(join(folder, `${name}${SUFFIX}`))).slice(1)
}

export function removeJournal(folder: string, name: string): void {
  rmSync(join(folder, `${name}${SUFFIX}`), { force: true })
}

/** The frames of rows of a part of a journal: bytes from … to, where frames begin and end. */
export async function readSpan(
  folder: string,
  name: string,
  from: number,
  to: number,
): Promise<readonly JournalFrame[]> {
  const file = await open(join(folder, `${name}${SUFFIX}`))
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from)
    const frames = framesOf(buffer.subarray(0, bytesRead), from)
    return from === 0 ? frames.slice(1) : frames
  } finally {
    await file.close()
  }
}

async function readFrames(path: string): Promise<JournalFrame[]> {
  return framesOf(await readFile(path).catch(() => Buffer.alloc(0)), 0)
}

/** `start`: where in the file the bytes stand. */
function framesOf(bytes: Buffer, start: number): JournalFrame[] {
  const frames: JournalFrame[] = []
  let at = 0
  while (at + FRAME_HEAD <= bytes.length) {
    const end = at + FRAME_HEAD + bytes.readUInt32LE(at)
    if (end > bytes.length) break
    const payload = bytes.subarray(at + FRAME_HEAD, end)
    if (crc32(payload) !== bytes.readUInt32LE(at + 4)) break
    frames.push({ payload, end: start + end })
    at = end
  }
  return frames
}
