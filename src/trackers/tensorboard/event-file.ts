import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { createCrc32c } from '../../storage/index.ts'
import { EventSchema } from '../protocol/generated/event_pb.ts'

export type TensorboardEvent = MessageInitShape<typeof EventSchema>

/** Added to a rotated checksum, so that checksums of data that holds checksums stay good ones. */
const MASK_DELTA = 0xa282ead8

/** Owner of a TensorBoard event file that is written: TFRecords, each with its length and two checksums. */
export class EventFile {
  readonly #file: FileHandle
  #offset = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Begins the file, with what says its version. `time` in ms. */
  static async create(path: string, time: number): Promise<EventFile> {
    await mkdir(dirname(path), { recursive: true })
    const events = new EventFile(await open(path, 'w'))
    const what = { case: 'fileVersion', value: 'brain.Event:2' } as const
    await events.append([{ wallTime: time / 1000, what }])
    return events
  }

  /** What failed half-way is written again at the same place. */
  async append(events: readonly TensorboardEvent[]): Promise<void> {
    const bytes = Buffer.concat(
      events.map((event) => framed(toBinary(EventSchema, create(EventSchema, event)))),
    )
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, undefined, this.#offset + done)
      done += bytesWritten
    }
    this.#offset += bytes.length
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

function framed(data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length + 4)
  bytes.writeBigUInt64LE(BigInt(data.length), 0)
  bytes.writeUInt32LE(maskedChecksum(bytes.subarray(0, 8)), 8)
  bytes.set(data, 12)
  bytes.writeUInt32LE(maskedChecksum(data), 12 + data.length)
  return bytes
}

function maskedChecksum(bytes: Uint8Array): number {
  const crc = createCrc32c()
  crc.update(bytes)
  const sum = Number.parseInt(crc.digest(), 16)
  return (((sum >>> 15) | (sum << 17)) + MASK_DELTA) >>> 0
}
