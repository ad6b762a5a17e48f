import { createReadStream } from 'node:fs'
import { AtelierError } from '../../core/index.ts'

/** A CSV file, wherever it lies. */
export interface CsvSource {
  /** For messages. */
  readonly name: string
  /** Its bytes, from the first one. */
  open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** A file of this machine. Reading throws LOG_INVALID where there is none. */
export function csvFile(path: string, name = path): CsvSource {
  return { name, open: () => piecesOf(path, name) }
}

async function* piecesOf(path: string, name: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) yield piece
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EISDIR') throw cause
    throw invalidCsv(name, 'there is no such file', cause)
  }
}

export function invalidCsv(name: string, reason: string, cause?: unknown): AtelierError {
  return new AtelierError('LOG_INVALID', `${name} cannot be read: ${reason}.`, {
    hint: 'Give a CSV file whose first line names its columns.',
    cause,
    data: { path: name },
  })
}
