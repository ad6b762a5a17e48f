import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { AtelierError } from '../../core/index.ts'

/** `:W&B`, a magic number, version 0. */
const HEADER = Buffer.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0])
const BLOCK_BYTES = 32768
/** CRC-32 of the type and the payload, 16 bits of length, the type. */
const CHUNK_HEADER_BYTES = 7
const CHUNK = { full: 1, first: 2, middle: 3, last: 4 } as const

/**
 * Owner of a `.wandb` file that is written: records in chunks, none of which crosses a block of 32 kB
 * counted from the start of the file.
 */
export class RecordLog {
  readonly #file: FileHandle
  #offset = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Begins the file anew. */
  static async create(path: string): Promise<RecordLog> {
    await mkdir(dirname(path), { recursive: true })
    const log = new RecordLog(await open(path, 'w'))
    await log.#write([HEADER])
    return log
  }

  async append(records: readonly Uint8Array[]): Promise<void> {
    const pieces: Uint8Array[] = []
    let offset = this.#offset
    for (const record of records) {
      for (const piece of chunksOf(record, offset)) {
        pieces.push(piece)
        offset += piece.length
      }
    }
    await this.#write(pieces)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  /** What failed half-way is written again at the same place. */
  async #write(pieces: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(pieces)
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, undefined, this.#offset + done)
      done += bytesWritten
    }
    this.#offset += bytes.length
  }
}

function* chunksOf(record: Uint8Array, start: number): Generator<Uint8Array> {
  let offset = start
  let done = 0
  // where only a header fits, the first chunk holds nothing
  let isFirst = true
  do {
    const left = BLOCK_BYTES - (offset % BLOCK_BYTES)
    if (left < CHUNK_HEADER_BYTES) {
      yield new Uint8Array(left)
      offset += left
      continue
    }
    const length = Math.min(left - CHUNK_HEADER_BYTES, record.length - done)
    const isLast = done + length === record.length
    const type = isFirst ? (isLast ? CHUNK.full : CHUNK.first) : isLast ? CHUNK.last : CHUNK.middle
    yield chunk(type, record.subarray(done, done + length))
    offset += CHUNK_HEADER_BYTES + length
    done += length
    isFirst = false
    if (isLast) return
  } while (true)
}

function chunk(type: number, payload: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(CHUNK_HEADER_BYTES + payload.length)
  bytes[6] = type
  bytes.set(payload, CHUNK_HEADER_BYTES)
  bytes.writeUInt32LE(crc32(bytes.subarray(6)), 0)
  bytes.writeUInt16LE(payload.length, 4)
  return bytes
}

/**
 * The records in the bytes of a `.wandb` file. A record that is cut off at the end, of a process that
 * was killed or still writes, is left out. Throws IMPORT_INVALID for what is not such a file, or damaged.
 */
export function* readRecordLog(bytes: Uint8Array): Generator<Uint8Array> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!file.subarray(0, HEADER.length).equals(HEADER)) {
    throw new AtelierError('IMPORT_INVALID', 'This is not a .wandb file: it begins otherwise.')
  }
  let parts: Buffer[] = []
  for (let offset = HEADER.length; ; ) {
    const left = BLOCK_BYTES - (offset % BLOCK_BYTES)
    if (left < CHUNK_HEADER_BYTES) {
      offset += left
      continue
    }
    if (offset + CHUNK_HEADER_BYTES > file.length) return
    const end = offset + CHUNK_HEADER_BYTES + file.readUInt16LE(offset + 4)
    if (end > file.length) return
    const payload = file.subarray(offset + CHUNK_HEADER_BYTES, end)
    if (crc32(file.subarray(offset + 6, end)) !== file.readUInt32LE(offset)) {
      throw new AtelierError('IMPORT_INVALID', `The .wandb file is damaged at byte ${offset}.`)
    }
    const type = file[offset + 6]
    if (type === CHUNK.full || type === CHUNK.first) parts = []
    parts.push(payload)
    if (type === CHUNK.full || type === CHUNK.last) yield Buffer.concat(parts)
    offset = end
  }
}
