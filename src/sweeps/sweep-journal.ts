import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { AtelierError } from '../core/index.ts'
import { journalLineSchema, type SweepEvent } from './sweep-events.ts'

/**
 * Owner of an open `trials.jsonl`. A line is on the disk when `append` returns: the trials of a
 * sweep last minutes, and what was started or has ended must not be forgotten.
 */
export class SweepJournal {
  readonly #file: number
  #offset: number

  private constructor(file: number, offset: number) {
    this.#file = file
    this.#offset = offset
  }

  /** Continues the file after its last whole line; a torn one of a killed process is cut off. */
  static async open(path: string): Promise<SweepJournal> {
    const { bytes } = await wholeLines(path)
    // not `a`: a file opened for appending cannot be cut on every system
    const file = openSync(path, bytes === 0 ? 'w' : 'r+')
    ftruncateSync(file, bytes)
    return new SweepJournal(file, bytes)
  }

  append(event: SweepEvent): void {
    const bytes = Buffer.from(`${JSON.stringify(event)}\n`)
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, this.#offset + done)
    }
    this.#offset += bytes.length
    fsyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** The lines of a `trials.jsonl`; half a line at the end is left out. Throws SWEEP_DAMAGED at a bad one. */
export async function readJournal(path: string): Promise<SweepEvent[]> {
  const { text } = await wholeLines(path)
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line, at) => parseLine(line, `${path}:${at + 1}`))
}

function parseLine(line: string, place: string): SweepEvent {
  try {
    return journalLineSchema.parse(JSON.parse(line))
  } catch (cause) {
    throw new AtelierError('SWEEP_DAMAGED', `${place} is not a line that a sweep writes.`, {
      hint: 'Remove that line if you know what it was; the runs themselves are whole.',
      cause,
    })
  }
}

async function wholeLines(path: string): Promise<{ text: string; bytes: number }> {
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
  const bytes = content.lastIndexOf(0x0a) + 1
  return { text: content.subarray(0, bytes).toString('utf8'), bytes }
}
