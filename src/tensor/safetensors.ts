/**
 * The safetensors file format: u64 header length, JSON header, then the tensors' bytes
 * (github.com/huggingface/safetensors, "Format"). Readable by the Python package and back.
 */
import { open, readFile } from 'node:fs/promises'
import { AtelierError, replaceFile } from '../core/index.ts'
import { arrayConstructors, bytesPerElement, type DType } from './dtype.ts'
import { bytesOf, elementCount, type Tensor } from './tensor.ts'

const DTYPE_NAMES = {
  float32: 'F32',
  float64: 'F64',
  uint8: 'U8',
  int8: 'I8',
  int32: 'I32',
  uint32: 'U32',
  int64: 'I64',
  bool: 'BOOL',
} as const satisfies Record<DType, string>

const DTYPES_BY_NAME = new Map(
  Object.entries(DTYPE_NAMES).map(([dtype, name]) => [name as string, dtype as DType]),
)

const LENGTH_BYTES = 8
/** The Python package refuses longer headers too. */
const MAX_HEADER_BYTES = 100_000_000
/** The first tensor starts on a multiple of this, so that typed arrays can view the file's bytes. */
const ALIGNMENT = 8

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly metadata: Readonly<Record<string, string>>
}

interface HeaderEntry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** Writes named tensors atomically, widest element first so that each stays aligned. */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const entries = Object.entries(tensors).sort(
    ([a, x], [b, y]) =>
      bytesPerElement(y.dtype) - bytesPerElement(x.dtype) || (a < b ? -1 : a > b ? 1 : 0),
  )
  const header = encodeHeader(entries, metadata)
  await replaceFile(path, async (file) => {
    await file.write(header)
    for (const [, value] of entries) {
      const bytes = bytesOf(value)
      if (bytes.length > 0) await file.writeFile(bytes)
    }
  })
}

function encodeHeader(
  entries: readonly [string, Tensor][],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = {}
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata
  let offset = 0
  for (const [name, { dtype, shape, data }] of entries) {
    header[name] = {
      dtype: DTYPE_NAMES[dtype],
      shape,
      data_offsets: [offset, offset + data.byteLength],
    }
    offset += data.byteLength
  }
  const json = Buffer.from(JSON.stringify(header))
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT
  const bytes = Buffer.alloc(LENGTH_BYTES + length, ' ')
  bytes.writeBigUInt64LE(BigInt(length), 0)
  json.copy(bytes, LENGTH_BYTES)
  return bytes
}

/** Reads all tensors of a file. Throws TENSOR_FILE when the file is malformed or truncated. */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  const bytes = await readFile(path)
  const buffer = bytes.buffer as ArrayBuffer
  const { header, dataStart } = parseHeader(path, bytes)
  const tensors = new Map<string, Tensor>()
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') {
      tensors.set(name, sliceTensor(path, name, entry as HeaderEntry, buffer, bytes, dataStart))
    }
  }
  return { tensors, metadata: (header['__metadata__'] ?? {}) as Record<string, string> }
}

/** The metadata alone, without reading the tensors. */
export async function readSafetensorsMetadata(
  path: string,
): Promise<Readonly<Record<string, string>>> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const prefix = Buffer.alloc(Math.min(size, LENGTH_BYTES))
    await file.read(prefix, 0, prefix.length, 0)
    const length = headerLength(path, prefix, size)
    const bytes = Buffer.alloc(LENGTH_BYTES + length)
    await file.read(bytes, 0, bytes.length, 0)
    return (parseHeader(path, bytes).header['__metadata__'] ?? {}) as Record<string, string>
  } finally {
    await file.close()
  }
}

function headerLength(path: string, bytes: Buffer, fileSize: number): number {
  if (bytes.length < LENGTH_BYTES) {
    throw malformed(
      path,
      `the file has ${fileSize} bytes, fewer than its ${LENGTH_BYTES}-byte prefix`,
    )
  }
  const length = Number(bytes.readBigUInt64LE(0))
  if (length > MAX_HEADER_BYTES || LENGTH_BYTES + length > fileSize) {
    throw malformed(path, `the header claims ${length} bytes, the file has ${fileSize}`)
  }
  return length
}

function parseHeader(path: string, bytes: Buffer) {
  const length = headerLength(path, bytes, bytes.length)
  const text = bytes.toString('utf8', LENGTH_BYTES, LENGTH_BYTES + length)
  try {
    return { header: JSON.parse(text) as Record<string, unknown>, dataStart: LENGTH_BYTES + length }
  } catch (cause) {
    throw malformed(path, 'the header is not JSON', cause)
  }
}

function sliceTensor(
  path: string,
  name: string,
  entry: HeaderEntry,
  buffer: ArrayBuffer,
  bytes: Buffer,
  dataStart: number,
): Tensor {
  const dtype = DTYPES_BY_NAME.get(entry.dtype)
  if (dtype === undefined) throw malformed(path, `tensor "${name}" has type ${entry.dtype}`)
  const [begin, end] = entry.data_offsets
  const count = elementCount(entry.shape)
  const wanted = count * bytesPerElement(dtype)
  if (end - begin !== wanted || begin < 0 || dataStart + end > bytes.length) {
    throw malformed(
      path,
      `tensor "${name}" wants ${wanted} bytes at ${begin}, the header says ${begin}-${end} of ${bytes.length - dataStart}`,
    )
  }
  const offset = bytes.byteOffset + dataStart + begin
  const aligned = offset % bytesPerElement(dtype) === 0
  const data = aligned
    ? new arrayConstructors[dtype](buffer, offset, count)
    : new arrayConstructors[dtype](buffer.slice(offset, offset + wanted), 0, count)
  return { dtype, shape: entry.shape, data }
}

function malformed(path: string, what: string, cause?: unknown): AtelierError {
  return new AtelierError('TENSOR_FILE', `${path} is not a valid safetensors file: ${what}.`, {
    cause,
    data: { path },
  })
}
