import { type FileHandle, open } from 'node:fs/promises'
import { type MetricsLine, metricsLineSchema } from '../contracts/index.ts'
import type { Clock } from '../core/index.ts'

const FLUSH_MS = 1000

/** Owner of an open `metrics.jsonl`: lines wait in memory and go to the file about once a second. */
export class MetricsLog {
  readonly #file: FileHandle
  readonly #clock: Clock
  #lines: string[] = []
  #flushed: number
  #offset: number

  private constructor(file: FileHandle, offset: number, clock: Clock) {
    this.#file = file
    this.#clock = clock
    this.#offset = offset
    this.#flushed = clock.monotonic()
  }

  /** Continues the file at `offset` bytes; what a killed process wrote after that is cut off. */
  static async open(path: string, offset: number, clock: Clock): Promise<MetricsLog> {
    // not `a`: a file opened for appending cannot be cut on every system
    const file = await open(path, offset === 0 ? 'w' : 'r+')
    await file.truncate(offset)
    return new MetricsLog(file, offset, clock)
  }

  /** Adds a line that goes to the file with the next ones. */
  push(line: MetricsLine): void {
    this.#lines.push(`${JSON.stringify(line)}\n`)
  }

  /** Adds a line. Mostly touches no file. */
  async add(line: MetricsLine): Promise<void> {
    this.push(line)
    if (this.#clock.monotonic() - this.#flushed >= FLUSH_MS) await this.#flush()
  }

  /** Brings every line to the disk. Gives the file's size, to continue from. */
  async sync(): Promise<number> {
    await this.#flush()
    await this.#file.datasync()
    return this.#offset
  }

  async close(): Promise<void> {
    await this.#flush()
    await this.#file.close()
  }

  async #flush(): Promise<void> {
    this.#flushed = this.#clock.monotonic()
    const bytes = Buffer.from(this.#lines.join(''))
    this.#lines = []
    if (bytes.length === 0) return
    // one write may take only a part of the bytes
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, undefined, this.#offset + done)
      done += bytesWritten
    }
    this.#offset += bytes.length
  }
}

/** The lines of a `metrics.jsonl`; a half line at the end, of a run that works or was killed, is left out. */
export async function readMetrics(path: string): Promise<MetricsLine[]> {
  const lines: MetricsLine[] = []
  for await (const line of streamMetrics(path)) lines.push(line)
  return lines
}

/** As `readMetrics`, without holding a file of a million lines in memory. */
export async function* streamMetrics(path: string): AsyncGenerator<MetricsLine> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return
  let rest = ''
  for await (const chunk of file.createReadStream({ encoding: 'utf8', highWaterMark: 2 ** 20 })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const line of lines) if (line !== '') yield metricsLineSchema.parse(JSON.parse(line))
  }
}
