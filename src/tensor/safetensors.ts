/**
 * The safetensors file format: u64 header length, JSON header, then the tensors' bytes
 * (github.com/huggingface/safetensors, "Format"). Readable by the Python package and back.
 */
import { readFile } from 'node:fs/promises'
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

const METADATA_KEY = '__metadata__'
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
  let offset = 0
  const described = entries.map(([name, { dtype, shape, data }]) => {
    const begin = offset
    offset += data.byteLength
    return [name, { dtype: DTYPE_NAMES[dtype], shape, data_offsets: [begin, offset] }] as const
  })
  const hasMetadata = Object.keys(metadata).length > 0
  const header = Object.fromEntries<unknown>([
    ...(hasMetadata ? [[METADATA_KEY, metadata] as const] : []),
    ...described,
  ])
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
  const { entries, metadata, dataStart } = parseHeader(path, bytes)
  requireContiguous(path, entries, bytes.length - dataStart)
  const tensors = entries.map(
    ([name, entry]) => [name, viewTensor(path, name, entry, bytes, dataStart)] as const,
  )
  return { tensors: new Map(tensors), metadata }
}

function headerLength(path: string, bytes: Buffer): number {
  if (bytes.length < LENGTH_BYTES) {
    throw malformed(path, `it has ${bytes.length} bytes, fewer than the prefix of ${LENGTH_BYTES}`)
  }
  const length = Number(bytes.readBigUInt64LE(0))
  if (length > MAX_HEADER_BYTES || LENGTH_BYTES + length > bytes.length) {
    throw malformed(path, `the header claims ${length} bytes, the file has ${bytes.length}`)
  }
  return length
}

interface Header {
  readonly entries: readonly (readonly [name: string, HeaderEntry])[]
  readonly metadata: Readonly<Record<string, string>>
  readonly dataStart: number
}

function parseHeader(path: string, bytes: Buffer): Header {
  const length = headerLength(path, bytes)
  const header = parseJson(path, bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length))
  if (!isRecord(header)) throw malformed(path, 'the header is not an object')
  const { [METADATA_KEY]: metadata = {}, ...described } = header
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw malformed(path, 'the metadata is not a map from text to text')
  }
  const entries = Object.entries(described).map(([name, entry]) => {
    if (isHeaderEntry(entry)) return [name, entry] as const
    throw malformed(path, `tensor "${name}" is described by ${JSON.stringify(entry).slice(0, 200)}`)
  })
  return {
    entries,
    metadata: metadata as Record<string, string>,
    dataStart: LENGTH_BYTES + length,
  }
}

function parseJson(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw malformed(path, 'the header is not JSON', cause)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isHeaderEntry(value: unknown): value is HeaderEntry {
  if (!isRecord(value)) return false
  const { dtype, shape, data_offsets: offsets } = value
  return typeof dtype === 'string' && areSizes(shape) && areSizes(offsets) && offsets.length === 2
}

function areSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}

/** The tensors must fill the data without gaps or overlaps: no byte may mean two things, or nothing. */
function requireContiguous(path: string, entries: Header['entries'], dataBytes: number): void {
  const ranges = entries
    .map(([name, { data_offsets: range }]) => ({ name, begin: range[0], end: range[1] }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end)
  let position = 0
  for (const { name, begin, end } of ranges) {
    if (begin !== position || end < begin) {
      throw malformed(path, `tensor "${name}" is at ${begin}-${end}, wanted ${position}`)
    }
    position = end
  }
  if (position !== dataBytes) {
    throw malformed(path, `the tensors take ${position} bytes, the file has ${dataBytes} for them`)
  }
}

/** A view of the file's bytes where these are aligned, else a copy. */
function viewTensor(
  path: string,
  name: string,
  { dtype: typeName, shape, data_offsets: [begin, end] }: HeaderEntry,
  bytes: Buffer,
  dataStart: number,
): Tensor {
  const dtype = DTYPES_BY_NAME.get(typeName)
  if (dtype === undefined) throw malformed(path, `tensor "${name}" has type ${typeName}`)
  const count = elementCount(shape)
  const wanted = count * bytesPerElement(dtype)
  if (end - begin !== wanted) {
    throw malformed(path, `tensor "${name}" wants ${wanted} bytes, the header gives ${end - begin}`)
  }
  const buffer = bytes.buffer as ArrayBuffer
  const offset = bytes.byteOffset + dataStart + begin
  const aligned = offset % bytesPerElement(dtype) === 0
  const data = aligned
    ? new arrayConstructors[dtype](buffer, offset, count)
    : new arrayConstructors[dtype](buffer.slice(offset, offset + wanted), 0, count)
  return { dtype, shape, data }
}

function malformed(path: string, what: string, cause?: unknown): AtelierError {
  return new AtelierError('TENSOR_FILE', `${path} is not a valid safetensors file: ${what}.`, {
    cause,
    data: { path },
  })
}
