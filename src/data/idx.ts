/** The IDX format of MNIST and Fashion-MNIST: big-endian magic, dimensions, then uint8 values. */
import { gunzipSync } from 'node:zlib'
import { AtelierError } from '../core/index.ts'

export interface IdxFile {
  readonly shape: readonly number[]
  readonly data: Uint8Array<ArrayBuffer>
}

const UINT8_TYPE = 0x08
/** An IDX file of 2 GiB would not fit a typed-array read; a small .gz must not unpack beyond. */
const MAX_BYTES = 2 ** 31 - 1

/** The bytes themselves, or unpacked when they are gzip (decided by content, not by name). */
export function gunzipIfNeeded(name: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new Uint8Array(bytes)
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw corrupt(name, `its gzip data is damaged or cut off (${reason})`, {}, cause)
  }
}

/** Reads uncompressed IDX bytes of `rank` dimensions. Throws DATA_CORRUPT naming file and offset. */
export function readIdx(name: string, bytes: Uint8Array<ArrayBuffer>, rank: number): IdxFile {
  const headerBytes = 4 + 4 * rank
  if (bytes.length < headerBytes) {
    throw corrupt(
      name,
      `at offset 0 got ${bytes.length} bytes, wanted a header of ${headerBytes}`,
      {
        offset: 0,
        got: bytes.length,
        wanted: headerBytes,
      },
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = view.getUint32(0)
  const wantedMagic = (UINT8_TYPE << 8) | rank
  if (magic !== wantedMagic) {
    throw corrupt(name, `at offset 0 got magic ${hex(magic)}, wanted ${hex(wantedMagic)}`, {
      offset: 0,
      got: hex(magic),
      wanted: hex(wantedMagic),
    })
  }
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
  const wanted = shape.reduce((product, size) => product * size, 1)
  const got = bytes.length - headerBytes
  if (got !== wanted) {
    const what = got < wanted ? 'the file is cut off' : 'bytes trail after the data'
    const message = `at offset ${headerBytes} got ${got} bytes, wanted ${wanted} (${shape.join(' x ')}): ${what}`
    throw corrupt(name, message, { offset: headerBytes, got, wanted })
  }
  return { shape, data: bytes.subarray(headerBytes) }
}

/** Labels as int32. Throws DATA_CORRUPT when the count or a label is out of range. */
export function readIdxLabels(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  { count, classes }: { readonly count: number; readonly classes: number },
): Int32Array<ArrayBuffer> {
  const { data } = readIdx(name, bytes, 1)
  if (data.length !== count) {
    throw corrupt(name, `got ${data.length} labels, wanted ${count}, one per image`, {
      got: data.length,
      wanted: count,
    })
  }
  const bad = data.findIndex((label) => label >= classes)
  if (bad >= 0) {
    const offset = 8 + bad
    throw corrupt(name, `at offset ${offset} got label ${data[bad]}, wanted 0 to ${classes - 1}`, {
      offset,
      got: data[bad],
      wanted: `0-${classes - 1}`,
    })
  }
  return Int32Array.from(data)
}

function corrupt(
  file: string,
  what: string,
  data: Readonly<Record<string, unknown>>,
  cause?: unknown,
): AtelierError {
  return new AtelierError('DATA_CORRUPT', `${file} is not the IDX file it should be: ${what}.`, {
    hint: 'Delete the file and run `atelier data prepare` again, or fetch it anew.',
    cause,
    data: { file, ...data },
  })
}

const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`
