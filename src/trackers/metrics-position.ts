import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { z } from 'zod'
import { type MetricsLine, metricsLineSchema } from '../contracts/index.ts'

/** How far a run's `metrics.jsonl` was read. */
export const metricsPositionSchema = z.strictObject({
  /** Bytes. */
  offset: z.int().nonnegative(),
  /** SHA-256 of the last bytes before it, to notice a file that was cut and written anew. */
  tail: z.string(),
  /** The highest step of each type of line; -1: none. */
  last: z.strictObject({ step: z.int(), epoch: z.int(), log: z.int() }),
  /** Whether lines of those steps were seen before: the run was continued from a checkpoint. */
  again: z.boolean(),
})
export type MetricsPosition = z.infer<typeof metricsPositionSchema>

export const METRICS_START: MetricsPosition = {
  offset: 0,
  tail: '',
  last: { step: -1, epoch: -1, log: -1 },
  again: false,
}

/** Lines that are read at once: a server wants them in portions. */
const MOST_BYTES = 2 ** 18
const TAIL_BYTES = 256

export interface NewLines {
  readonly lines: readonly MetricsLine[]
  /** After them. */
  readonly position: MetricsPosition
  /** Whether the file holds more. */
  readonly more: boolean
}

/**
 * The whole lines after a position, some thousand at most. A run that goes on from a checkpoint has
 * its file cut and writes the same steps again: those that were read are not given twice.
 */
export async function readNewLines(path: string, from: MetricsPosition): Promise<NewLines> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return { lines: [], position: from, more: false }
  try {
    const start = (await isSameFile(file, from)) ? from : { ...from, offset: 0, again: true }
    return await readFrom(file, start)
  } finally {
    await file.close()
  }
}

async function isSameFile(file: FileHandle, { offset, tail }: MetricsPosition): Promise<boolean> {
  if (offset === 0) return true
  const { size } = await file.stat()
  return size >= offset && (await tailAt(file, offset)) === tail
}

async function readFrom(file: FileHandle, from: MetricsPosition): Promise<NewLines> {
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(MOST_BYTES),
    0,
    MOST_BYTES,
    from.offset,
  )
  const end = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1
  if (end === 0) return { lines: [], position: from, more: false }
  const all = buffer
    .subarray(0, end)
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => metricsLineSchema.parse(JSON.parse(text)))
  const lines = from.again ? all.filter(({ type, step }) => step > from.last[type]) : all
  const offset = from.offset + end
  const last = { ...from.last }
  for (const { type, step } of lines) last[type] = Math.max(last[type], step)
  const position = { offset, tail: await tailAt(file, offset), last, again: from.again }
  return { lines, position, more: bytesRead === MOST_BYTES }
}

async function tailAt(file: FileHandle, offset: number): Promise<string> {
  const length = Math.min(TAIL_BYTES, offset)
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset - length)
  return createHash('sha256').update(buffer).digest('hex')
}
