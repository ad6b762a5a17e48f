/** PNG files that are wrong in one place each: those of PngSuite's `x*` kinds, and many more. */
import { deflateSync } from 'node:zlib'
import type { Random } from '../../src/core/index.ts'
import type { BadImage } from './bad-images.ts'
import {
  PNG_KINDS,
  PNG_SIGNATURE,
  type PngParts,
  type PngShape,
  pngChunk,
  pngFile,
  pngHeader,
  pngRows,
  pngStride,
  randomBytes,
} from './png-files.ts'

type Named = readonly [name: string, bytes: Uint8Array]

export function* badPngs(random: Random): Generator<BadImage> {
  for (const shape of shapes()) {
    const label = `png ${shape.color}/${shape.depth}`
    const sample = sampleOf(shape, random)
    for (const [name, bytes] of certain(sample)) {
      yield { name: `${label} ${name}`, bytes, verdict: 'bad' }
    }
    for (const [name, bytes] of doubtful(sample, random)) {
      yield { name: `${label} ${name}`, bytes, verdict: 'mutated' }
    }
  }
  for (const [name, bytes] of badHeaders()) yield { name: `png ${name}`, bytes, verdict: 'bad' }
  for (const [name, bytes] of badPalettes(random))
    yield { name: `png ${name}`, bytes, verdict: 'bad' }
}

function* shapes(): Generator<PngShape> {
  for (const { color, depths } of PNG_KINDS) {
    for (const depth of depths) yield { width: 11, height: 7, depth, color }
  }
}

interface Sample {
  readonly parts: PngParts
  readonly header: Buffer
  readonly palette: readonly Buffer[]
  readonly stream: Buffer
  readonly pixels: Buffer
  readonly end: Buffer
}

function sampleOf(shape: PngShape, random: Random): Sample {
  const rows = pngRows(shape, random)
  const stream = deflateSync(rows)
  const palette = shape.color === 3 ? randomBytes(3 << shape.depth, random) : undefined
  return {
    parts: { ...shape, rows, ...(palette && { palette }) },
    header: pngChunk('IHDR', pngHeader(shape)),
    palette: palette ? [pngChunk('PLTE', palette)] : [],
    stream,
    pixels: pngChunk('IDAT', stream),
    end: pngChunk('IEND'),
  }
}

const png = (...chunks: readonly Uint8Array[]) => Buffer.concat([PNG_SIGNATURE, ...chunks])

/** Neither libpng nor anything as strict reads these. */
function* certain({ parts, header, palette, stream, pixels, end }: Sample): Generator<Named> {
  const { rows, height } = parts
  const row = pngStride(parts) + 1
  const file = (changes: Partial<PngParts>) => pngFile({ ...parts, ...changes })
  const badCrc = (chunk: Buffer) => flipped(chunk, chunk.length * 8 - 3)
  const sized = (chunk: Buffer, length: number) => {
    const changed = Buffer.from(chunk)
    changed.writeUInt32BE(length)
    return changed
  }
  yield ['no header', png(...palette, pixels, end)]
  yield ['header crc', png(badCrc(header), ...palette, pixels, end)]
  yield ['header twice', png(header, header, ...palette, pixels, end)]
  yield [
    'header not first',
    png(pngChunk('tEXt', Buffer.from('a\0b')), header, ...palette, pixels, end),
  ]
  yield ['header cut to 12', png(pngChunk('IHDR', pngHeader(parts).subarray(0, 12)), pixels, end)]
  yield [
    'header of 14',
    png(pngChunk('IHDR', Buffer.concat([pngHeader(parts), rows.subarray(0, 1)])), pixels, end),
  ]
  for (const size of [0xffffffff, 0x80000000, 0x7fffffff, 14, 12, 0]) {
    yield [`header length ${size}`, png(sized(header, size), ...palette, pixels, end)]
  }
  for (const size of [0xffffffff, 0x80000000, stream.length - 1, 0]) {
    yield [`pixels length ${size}`, png(header, ...palette, sized(pixels, size), end)]
  }
  for (const type of ['tEXt', 'gAMA', 'abCd']) {
    const endless = sized(pngChunk(type, Buffer.alloc(9)), 0xffffffff)
    yield [`${type} length 0xffffffff`, png(header, endless, ...palette, pixels, end)]
  }
  yield ['pixels crc', png(header, ...palette, badCrc(pixels), end)]
  yield ['no pixels', png(header, ...palette, end)]
  yield ['empty pixels', png(header, ...palette, pngChunk('IDAT'), end)]
  yield ['pixels without end of stream', file({ stream: stream.subarray(0, -4) })]
  yield ['stream checksum', file({ stream: flipped(stream, stream.length * 8 - 3) })]
  yield ['stream cut to half', file({ stream: stream.subarray(0, stream.length / 2) })]
  yield ['stream not zlib', file({ stream: rows })]
  yield ['stream raw deflate', file({ stream: stream.subarray(2, -4) })]
  yield ['stream with dictionary', file({ stream: deflateSync(rows, { dictionary: rows }) })]
  yield ['stream gzip', file({ stream: Buffer.concat([Buffer.from('1f8b0800', 'hex'), stream]) })]
  yield ['one row', file({ rows: rows.subarray(0, row) })]
  yield ['a row missing', file({ rows: rows.subarray(0, row * (height - 1)) })]
  yield ['a byte missing', file({ rows: rows.subarray(0, -1) })]
  yield ['no rows', file({ rows: rows.subarray(0, 0) })]
  for (const filter of [5, 6, 64, 255]) {
    for (const y of [0, height - 1]) {
      yield [`filter ${filter} in row ${y}`, file({ rows: replaced(rows, y * row, filter) })]
    }
  }
  yield ['unknown critical chunk', file({ before: [pngChunk('ABCD', rows)] })]
  yield [
    'critical chunk of Apple',
    png(pngChunk('CgBI', Buffer.alloc(4)), header, ...palette, pixels, end),
  ]
  yield ['chunk with a digit', file({ before: [pngChunk('a1Cd', rows)] })]
  yield ['chunk with zeros', file({ before: [pngChunk('\0\0\0\0', rows)] })]
  yield [
    'a chunk between pixels',
    png(
      header,
      ...palette,
      pngChunk('IDAT', stream.subarray(0, 9)),
      pngChunk('tEXt', Buffer.from('a\0b')),
      pngChunk('IDAT', stream.subarray(9)),
      end,
    ),
  ]
  yield [
    'second half of pixels missing',
    png(header, ...palette, pngChunk('IDAT', stream.subarray(0, 9)), end),
  ]
  yield ['end first', png(end, header, ...palette, pixels)]
  yield ['end before pixels', png(header, ...palette, end, pixels)]
  const good = pngFile(parts)
  for (let i = 0; i < 8; i++) yield [`signature byte ${i}`, flipped(good, i * 8 + 1)]
  yield ['CR for LF', replaced(replaced(good, 5, 0x0d), 7, 0x0d)]
  yield ['LF for CR LF', Buffer.concat([good.subarray(0, 4), good.subarray(5)])]
  yield ['without signature', good.subarray(8)]
  yield ['MNG signature', Buffer.concat([Buffer.from('8a4d4e470d0a1a0a', 'hex'), good.subarray(8)])]
  yield ['text before', Buffer.concat([Buffer.from('\r\n'), good])]
}

/** Nothing that a pixel depends on is wrong here, or it may not be. */
function* doubtful(
  { parts, header, palette, stream, pixels, end }: Sample,
  random: Random,
): Generator<Named> {
  const { rows } = parts
  const file = (changes: Partial<PngParts>) => pngFile({ ...parts, ...changes })
  const good = pngFile(parts)
  const text = pngChunk('tEXt', Buffer.from('a\0b'))
  yield ['as it should be', good]
  yield ['no end', png(header, ...palette, pixels)]
  yield ['end crc', good.subarray(0, -1)]
  yield ['end cut', good.subarray(0, -8)]
  yield ['end not empty', png(header, ...palette, pixels, pngChunk('IEND', rows))]
  yield ['bytes after the end', Buffer.concat([good, Buffer.from('after the end')])]
  yield ['a second picture after the end', Buffer.concat([good, good])]
  yield ['zip after the end', Buffer.concat([good, ZIP])]
  yield ['zeros after the stream', file({ stream: Buffer.concat([stream, Buffer.alloc(40)]) })]
  yield [
    'a row more',
    file({ rows: Buffer.concat([rows, rows.subarray(0, pngStride(parts) + 1)]) }),
  ]
  yield ['a byte more', file({ rows: Buffer.concat([rows, Buffer.alloc(1)]) })]
  yield ['pixels twice', png(header, ...palette, pixels, pixels, end)]
  yield ['more pixels later', png(header, ...palette, pixels, text, pixels, end)]
  yield ['empty pixels first', png(header, ...palette, pngChunk('IDAT'), pixels, end)]
  yield ['empty pixels last', png(header, ...palette, pixels, pngChunk('IDAT'), end)]
  const bytewise = [...stream].map((byte) => pngChunk('IDAT', Buffer.from([byte])))
  yield ['pixels byte by byte', png(header, ...palette, ...bytewise, end)]
  for (const windowBits of [9, 12]) {
    yield [`window of ${windowBits} bits`, file({ stream: deflateSync(rows, { windowBits }) })]
  }
  // header of a window of 256 bytes on a stream that may look back further
  yield [
    'window too small',
    file({ stream: Buffer.concat([Buffer.from([0x08, 0x1d]), stream.subarray(2)]) }),
  ]
  for (const strategy of [0, 1, 2, 3, 4]) {
    yield [`strategy ${strategy}`, file({ stream: deflateSync(rows, { strategy, level: 9 }) })]
  }
  yield ['stored', file({ stream: deflateSync(rows, { level: 0 }) })]
  for (const type of [
    'tEXt',
    'zTXt',
    'iTXt',
    'iCCP',
    'gAMA',
    'cHRM',
    'sRGB',
    'pHYs',
    'bKGD',
    'tRNS',
    'sBIT',
    'hIST',
    'tIME',
    'sPLT',
    'cICP',
    'eXIf',
    'acTL',
    'fcTL',
    'fdAT',
    'oFFs',
    'abCd',
    'abcd',
  ]) {
    for (const length of [0, 1, 3, 8, 26]) {
      const junk = pngChunk(type, randomBytes(length, random))
      yield [`${type} of ${length}`, file({ before: [junk], after: [junk] })]
    }
    const wrong = pngChunk(type, randomBytes(9, random), 12345)
    yield [`${type} crc`, file({ before: [wrong] })]
    yield [`${type} crc after`, file({ after: [wrong] })]
    const first = png(header, pngChunk(type, randomBytes(6, random)), ...palette, pixels, end)
    yield [`${type} before all`, first]
  }
  yield ['unknown critical chunk after', file({ after: [pngChunk('ABCD', rows)] })]
  yield ['2000 texts', file({ before: Array<Uint8Array>(2000).fill(text) })]
  yield ['hint of a palette', file({ before: [pngChunk('PLTE', rows.subarray(0, 6))] })]
  yield ['palette after', file({ after: [pngChunk('PLTE', rows.subarray(0, 6))] })]
  const orientation = Buffer.from('4d4d002a000000080001011200030000000100060000', 'hex')
  yield ['orientation', file({ before: [pngChunk('eXIf', orientation)] })]
  yield ['orientation after', file({ after: [pngChunk('eXIf', orientation)] })]
  yield [
    'orientation, endless',
    file({ before: [pngChunk('eXIf', Buffer.from('4d4d002a00000008ffff0112', 'hex'))] }),
  ]
  yield [
    'script in a text',
    file({ before: [pngChunk('tEXt', Buffer.from('k\0<script>alert(1)</script>'))] }),
  ]
  // Interlaced, with rows for a file that is not: seven small pictures read from them, or nothing.
  yield ['interlaced rows', file({ interlace: 1 })]
  yield [
    'long interlaced rows',
    file({ interlace: 1, rows: Buffer.concat([rows, new Uint8Array(999)]) }),
  ]
}

function* badHeaders(): Generator<Named> {
  const stream = deflateSync(new Uint8Array(4096))
  const valid = (color: number, depth: number) =>
    PNG_KINDS.some((kind) => kind.color === color && kind.depths.some((each) => each === depth))
  const palette = Buffer.alloc(6)
  const file = (header: Uint8Array) =>
    png(
      pngChunk('IHDR', header),
      pngChunk('PLTE', palette),
      pngChunk('IDAT', stream),
      pngChunk('IEND'),
    )
  for (let color = 0; color < 10; color++) {
    for (const depth of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17, 32, 99, 255]) {
      if (valid(color, depth)) continue
      const header = pngHeader({ width: 8, height: 8, depth, color })
      yield [`colour type ${color} with ${depth} bits`, file(header)]
    }
  }
  const grey = pngHeader({ width: 8, height: 8, depth: 8, color: 0 })
  for (const [at, what] of [
    [10, 'compression'],
    [11, 'filter'],
    [12, 'interlace'],
  ] as const) {
    for (const value of [2, 3, 64, 255])
      yield [`${what} method ${value}`, file(replaced(grey, at, value))]
  }
  for (const [width, height] of [
    [0, 8],
    [8, 0],
    [0, 0],
    [0x80000000, 8],
    [8, 0x80000000],
    [0xffffffff, 0xffffffff],
  ] as const) {
    yield [`size ${width} x ${height}`, file(pngHeader({ width, height, depth: 8, color: 0 }))]
  }
}

function* badPalettes(random: Random): Generator<Named> {
  for (const depth of [1, 2, 4, 8]) {
    const shape = { width: 11, height: 7, depth, color: 3 }
    const rows = pngRows(shape, random)
    const [header, pixels, end] = [
      pngChunk('IHDR', pngHeader(shape)),
      pngChunk('IDAT', deflateSync(rows)),
      pngChunk('IEND'),
    ]
    const palette = pngChunk('PLTE', randomBytes(6, random))
    yield [`${depth}-bit palette missing`, png(header, pixels, end)]
    yield [`${depth}-bit palette after pixels`, png(header, pixels, palette, end)]
    yield [`${depth}-bit palette twice`, png(header, palette, palette, pixels, end)]
    yield [
      `${depth}-bit palette crc`,
      png(header, flipped(palette, palette.length * 8 - 1), pixels, end),
    ]
    for (const length of [0, 1, 4, 769, 771, 3000]) {
      yield [
        `${depth}-bit palette of ${length} bytes`,
        png(header, pngChunk('PLTE', randomBytes(length, random)), pixels, end),
      ]
    }
  }
}

const ZIP = Buffer.from(
  '504b0304140000000000000021000000000000000000000000000100000061504b0506000000000000',
  'hex',
)

export function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

export function replaced(bytes: Uint8Array, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = value
  return copy
}
