import { closeSync, openSync, writeSync } from 'node:fs'

/** About 2500 lines. A loop that never waits writes after so much, and not once a second. */
const MOST_CHARACTERS = 2 ** 18
/** What is kept for a disk that takes nothing. */
const MOST_HELD = 2 ** 26

/**
 * Owner of a `metrics.jsonl` that a program's own loop writes. Everything is synchronous: adding a
 * line joins text, and the file is written in large pieces, also by a process that is about to end.
 */
export class MetricsTail {
  readonly #file: number
  #text = ''
  #offset = 0
  #hasLost = false

  constructor(path: string) {
    this.#file = openSync(path, 'wx')
  }

  /** Adds a line, without its end. Gives whether there is much to write now. */
  add(line: string): boolean {
    if (this.#text.length >= MOST_HELD) {
      this.#hasLost = true
      return false
    }
    this.#text += `${line}\n`
    return this.#text.length >= MOST_CHARACTERS
  }

  /** Writes what there is. What could not be written stays, and goes to the same place next time. */
  flush(): void {
    if (this.#text === '') return
    const bytes = Buffer.from(this.#text)
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, this.#offset + done)
    }
    this.#offset += bytes.length
    this.#text = ''
  }

  /** Whether all that was added is in the file. */
  get isWhole(): boolean {
    return this.#text === '' && !this.#hasLost
  }

  close(): void {
    closeSync(this.#file)
  }
}
