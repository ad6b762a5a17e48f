/**
 * Unpacks zlib streams (RFC 1950 and 1951) of a few kilobytes. For these zlib itself takes longer to be
 * set up than to work, and each of its streams stays in memory until the next full garbage collection.
 */

/** Symbols of the three kinds of codes. */
const LITERALS = 288
const DISTANCES = 32
const LENGTH_CODES = 19
const END_OF_BLOCK = 256
const MAX_BITS = 15
/** A block that unpacks to nothing may cost as much as a table: nobody writes many. */
const MAX_BLOCKS = 16

const STORED = 0
const FIXED = 1
const DYNAMIC = 2

/** The order in which a dynamic block lists the lengths of its length codes. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const

/** Of a match's length (symbols from 257 on) and distance: the least of each symbol, and how many bits are added. */
const LENGTH_EXTRA = extraBits(28, 4, 4)
const LENGTH_BASE = basesOf(LENGTH_EXTRA, 3)
const DISTANCE_EXTRA = extraBits(30, 2, 2)
const DISTANCE_BASE = basesOf(DISTANCE_EXTRA, 1)
/** The longest match has a symbol of its own. */
LENGTH_EXTRA.push(0)
LENGTH_BASE.push(258)

/** Entries are `symbol << 4 | bits`, by the next bits of the stream; 0: no code. */
type Table = Uint16Array

interface Codes {
  readonly literals: Table
  readonly literalBits: number
  readonly distances: Table
  readonly distanceBits: number
}

interface Stream {
  readonly bytes: Uint8Array
  readonly out: Uint8Array
  /** Next byte of each. */
  at: number
  to: number
  /** Bits that were taken from `bytes` and not used yet, the next one lowest. */
  hold: number
  held: number
}

/** 15 bits in the opposite order: codes stand in the stream with their first bit lowest. */
const MIRRORED = Uint16Array.from({ length: 1 << MAX_BITS }, (_, code) => {
  let mirrored = 0
  for (let bit = 0; bit < MAX_BITS; bit++) mirrored |= ((code >> bit) & 1) << (MAX_BITS - 1 - bit)
  return mirrored
})

/** Memory that every call uses; calls do not overlap. */
const scratch = {
  literals: new Uint16Array(1 << MAX_BITS),
  distances: new Uint16Array(1 << MAX_BITS),
  lengths: new Uint8Array(LITERALS + DISTANCES),
  counts: new Uint16Array(MAX_BITS + 1),
  next: new Uint16Array(MAX_BITS + 1),
}

/** The codes that a block may use without bringing them along. */
const FIXED_CODES = fixedCodes()

/**
 * Unpacks a stream into `out`; true when it is whole, its checksum is right and it fills `out` exactly.
 * False says nothing but that zlib is to be asked: what is there is then undefined.
 */
export function inflateSmall(bytes: Uint8Array, out: Uint8Array): boolean {
  const [method, flags] = [bytes[0]!, bytes[1]!]
  const isZlib = (method & 15) === 8 && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0
  if (!isZlib || (flags & 32) !== 0) return false
  const stream: Stream = { bytes, out, at: 2, to: 0, hold: 0, held: 0 }
  for (let blocks = 0; blocks < MAX_BLOCKS; blocks++) {
    const isLast = take(stream, 1) === 1
    if (!inflateBlock(stream, take(stream, 2))) return false
    if (isLast) return stream.to === out.length && endsWithChecksum(stream)
  }
  return false
}

function inflateBlock(stream: Stream, kind: number): boolean {
  if (kind === STORED) return copyStored(stream)
  if (kind === FIXED) return copySymbols(stream, FIXED_CODES)
  return kind === DYNAMIC && inflateDynamic(stream)
}

function fixedCodes(): Codes {
  const { lengths } = scratch
  lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, LITERALS)
  lengths.fill(5, LITERALS)
  const literals = new Uint16Array(1 << 9)
  const distances = new Uint16Array(1 << 5)
  const literalBits = fillTable(literals, 0, LITERALS)
  return {
    literals,
    literalBits,
    distances,
    distanceBits: fillTable(distances, LITERALS, DISTANCES),
  }
}

function inflateDynamic(stream: Stream): boolean {
  const literalCount = take(stream, 5) + 257
  const distanceCount = take(stream, 5) + 1
  const { literals, distances, lengths } = scratch
  if (literalCount > 286 || distanceCount > 30) return false
  if (!readLengths(stream, literalCount + distanceCount)) return false
  if (lengths[END_OF_BLOCK] === 0) return false
  // the code of the lengths stood in the table of the literals, and is done with
  const literalBits = fillTable(literals, 0, literalCount)
  const distanceBits = fillTable(distances, literalCount, distanceCount)
  const codes = { literals, literalBits, distances, distanceBits }
  return literalBits > 0 && distanceBits >= 0 && copySymbols(stream, codes)
}

/** The lengths of both codes, one after the other, which are packed by a code of their own. */
function readLengths(stream: Stream, count: number): boolean {
  const { lengths, literals: table } = scratch
  const codes = take(stream, 4) + 4
  lengths.fill(0, 0, LENGTH_CODES)
  for (let i = 0; i < codes; i++) lengths[LENGTH_ORDER[i]!] = take(stream, 3)
  const bits = fillTable(table, 0, LENGTH_CODES)
  if (bits <= 0) return false
  for (let i = 0; i < count; ) {
    const symbol = takeSymbol(stream, table, bits)
    if (symbol < 0) return false
    if (symbol < 16) {
      lengths[i++] = symbol
      continue
    }
    if (symbol === 16 && i === 0) return false
    const value = symbol === 16 ? lengths[i - 1]! : 0
    const times = symbol === 18 ? 11 + take(stream, 7) : 3 + take(stream, symbol === 17 ? 3 : 2)
    if (i + times > count) return false
    lengths.fill(value, i, i + times)
    i += times
  }
  return true
}

/**
 * Makes the table of the code whose lengths stand in `scratch`; gives how many bits look it up, 0 for a
 * code without symbols, -1 for lengths that are no code. A code may be incomplete only by being one bit.
 */
function fillTable(table: Table, from: number, count: number): number {
  const { lengths, counts, next } = scratch
  counts.fill(0)
  for (let i = from; i < from + count; i++) counts[lengths[i]!]!++
  counts[0] = 0
  let [code, left, most] = [0, 1, 0]
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    code = (code + counts[bits - 1]!) << 1
    next[bits] = code
    left = 2 * left - counts[bits]!
    if (left < 0) return -1
    if (counts[bits]! > 0) most = bits
  }
  if (most === 0) return 0
  if (left > 0 && most > 1) return -1
  if (left > 0) table.fill(0, 0, 2)
  const size = 1 << most
  for (let symbol = 0; symbol < count; symbol++) {
    const bits = lengths[from + symbol]!
    if (bits === 0) continue
    const entry = (symbol << 4) | bits
    const code = next[bits]!++
    for (let i = MIRRORED[code]! >> (MAX_BITS - bits); i < size; i += 1 << bits) table[i] = entry
  }
  return most
}

/** The next bits, at most 16, as a number; zeros stand after the end of the bytes. */
function take(stream: Stream, bits: number): number {
  fill(stream, bits)
  const value = stream.hold & ((1 << bits) - 1)
  stream.hold >>>= bits
  stream.held -= bits
  return value
}

function takeSymbol(stream: Stream, table: Table, bits: number): number {
  fill(stream, bits)
  const entry = table[stream.hold & ((1 << bits) - 1)]!
  stream.hold >>>= entry & 15
  stream.held -= entry & 15
  return entry === 0 ? -1 : entry >> 4
}

function fill(stream: Stream, bits: number): void {
  while (stream.held < bits) {
    stream.hold |= (stream.bytes[stream.at++] ?? 0) << stream.held
    stream.held += 8
  }
}

/**
 * The rest of a block of literals and matches; false where it leaves `out`. What is read most stands in
 * variables here, and only goes back into the stream at the end.
 */
function copySymbols(
  stream: Stream,
  { literals, literalBits, distances, distanceBits }: Codes,
): boolean {
  const { out, bytes } = stream
  const literalMask = (1 << literalBits) - 1
  const distanceMask = (1 << distanceBits) - 1
  let { at, to, hold, held } = stream
  // zeros stand after the end of the bytes; a stream that goes on there is soon seen to be none
  while (at <= bytes.length + 4) {
    // no symbol with its extra bits is longer than 20 bits, and 24 fit on top of 7
    while (held < 20) {
      hold |= bytes[at++]! << held
      held += 8
    }
    const entry = literals[hold & literalMask]!
    const symbol = entry >> 4
    hold >>>= entry & 15
    held -= entry & 15
    if (symbol < END_OF_BLOCK) {
      if (entry === 0 || to === out.length) return false
      out[to++] = symbol
      continue
    }
    if (symbol === END_OF_BLOCK) {
      Object.assign(stream, { at, to, hold, held })
      return true
    }
    const match = symbol - END_OF_BLOCK - 1
    if (match >= LENGTH_BASE.length || distanceBits === 0) return false
    const lengthBits = LENGTH_EXTRA[match]!
    const length = LENGTH_BASE[match]! + (hold & ((1 << lengthBits) - 1))
    hold >>>= lengthBits
    held -= lengthBits
    while (held < 15) {
      hold |= bytes[at++]! << held
      held += 8
    }
    const code = distances[hold & distanceMask]!
    const kind = code >> 4
    hold >>>= code & 15
    held -= code & 15
    if (code === 0 || kind >= DISTANCE_BASE.length) return false
    const distanceExtra = DISTANCE_EXTRA[kind]!
    while (held < distanceExtra) {
      hold |= bytes[at++]! << held
      held += 8
    }
    const from = to - DISTANCE_BASE[kind]! - (hold & ((1 << distanceExtra) - 1))
    hold >>>= distanceExtra
    held -= distanceExtra
    if (from < 0 || to + length > out.length) return false
    // byte by byte: a match may reach into what it writes
    for (let i = from, end = from + length; i < end; i++) out[to++] = out[i]!
  }
  return false
}

function copyStored(stream: Stream): boolean {
  alignToByte(stream)
  const { bytes, out, at, to } = stream
  const length = bytes[at]! | (bytes[at + 1]! << 8)
  const check = bytes[at + 2]! | (bytes[at + 3]! << 8)
  const from = at + 4
  if ((length ^ check) !== 0xffff || from + length > bytes.length) return false
  if (to + length > out.length) return false
  out.set(bytes.subarray(from, from + length), to)
  stream.at = from + length
  stream.to = to + length
  return true
}

/** Gives back whole bytes that were taken too early, and drops the rest of the last one. */
function alignToByte(stream: Stream): void {
  stream.at -= stream.held >> 3
  stream.hold = 0
  stream.held = 0
}

function endsWithChecksum(stream: Stream): boolean {
  alignToByte(stream)
  const { bytes, at } = stream
  if (at + 4 > bytes.length) return false
  const high = (bytes[at]! << 8) | bytes[at + 1]!
  const low = (bytes[at + 2]! << 8) | bytes[at + 3]!
  return adler32(stream.out) === high * 65536 + low
}

const ADLER = 65521
/** So many bytes can be summed before 31 bits are full. */
const ADLER_RUN = 3800

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0]
  for (let start = 0; start < bytes.length; start += ADLER_RUN) {
    const end = Math.min(start + ADLER_RUN, bytes.length)
    for (let i = start; i < end; i++) {
      a += bytes[i]!
      b += a
    }
    a %= ADLER
    b %= ADLER
  }
  return b * 65536 + a
}

/** 0 for the first `plain` symbols, then one more for every `each` of them. */
function extraBits(count: number, plain: number, each: number): number[] {
  return Array.from({ length: count }, (_, i) =>
    i < plain + each ? 0 : Math.floor((i - plain) / each),
  )
}

function basesOf(extra: readonly number[], first: number): number[] {
  let base = first
  return extra.map((bits) => {
    const value = base
    base += 1 << bits
    return value
  })
}
