import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256, writeFileAtomic } from '../../core/index.ts'
import type { HashKind } from '../objects/object-id.ts'
import { createSignatures, equalSignatures, type SignatureRow } from './file-signature.ts'

/** What was last known of the files of one output, so that what did not change is not read again. */
export interface StatIndex {
  readonly kind: HashKind
  /** Of the whole: a directory's ends in `.dir`. */
  readonly md5: string
  /** Relative to a directory; one empty name for a file. In the order of code points. */
  readonly names: readonly string[]
  readonly hashes: readonly string[]
  readonly signatures: SignatureRow
}

const VERSION = 1
const FIELD_BYTES = 32

function indexFile(folder: string, path: string, kind: HashKind): string {
  return join(folder, `${sha256(`${kind}\0${path}`).slice(0, 24)}.index`)
}

/** Undefined where nothing is known, or what there is cannot be read. `path` is the output's, absolute. */
export function loadStatIndex(folder: string, path: string, kind: HashKind): StatIndex | undefined {
  try {
    return decode(readFileSync(indexFile(folder, path, kind)), path)
  } catch {
    return undefined
  }
}

export async function saveStatIndex(folder: string, path: string, index: StatIndex): Promise<void> {
  await writeFileAtomic(indexFile(folder, path, index.kind), encode(index, path))
}

export async function forgetStatIndex(folder: string, path: string): Promise<void> {
  await Promise.all(
    (['md5', 'md5-dos2unix'] as const).map((kind) =>
      rm(indexFile(folder, path, kind), { force: true }),
    ),
  )
}

interface Head {
  readonly version: number
  readonly path: string
  readonly kind: HashKind
  readonly md5: string
  readonly count: number
  readonly nameBytes: number
}

/** A line of JSON, padded so that the numbers lie where they can be read in place; numbers, hashes, names. */
function encode({ kind, md5, names, hashes, signatures }: StatIndex, path: string): Buffer {
  const text = Buffer.from(names.join('\0'))
  const head: Head = {
    version: VERSION,
    path,
    kind,
    md5,
    count: names.length,
    nameBytes: text.length,
  }
  const line = `${JSON.stringify(head)}\n`
  const padded = line.padStart(Math.ceil(line.length / 8) * 8)
  const headBytes = Buffer.from(padded)
  const pad = Buffer.alloc((8 - (headBytes.length % 8)) % 8, ' ')
  const numbers = Buffer.from(signatures.buffer, signatures.byteOffset, signatures.byteLength)
  return Buffer.concat([pad, headBytes, numbers, Buffer.from(hashes.join(''), 'latin1'), text])
}

function decode(bytes: Buffer, path: string): StatIndex | undefined {
  const end = bytes.indexOf(10) + 1
  const head = JSON.parse(bytes.subarray(0, end).toString()) as Head
  const { version, kind, md5, count, nameBytes } = head
  if (version !== VERSION || head.path !== path) return undefined
  const numbersEnd = end + count * FIELD_BYTES
  const hashesEnd = numbersEnd + count * FIELD_BYTES
  if (bytes.length !== hashesEnd + nameBytes) return undefined
  const signatures = createSignatures(count)
  Buffer.from(signatures.buffer).set(bytes.subarray(end, numbersEnd))
  const all = bytes.toString('latin1', numbersEnd, hashesEnd)
  const hashes = Array.from({ length: count }, (_, at) => all.slice(at * 32, at * 32 + 32))
  const text = bytes.toString('utf8', hashesEnd)
  const names = count === 0 ? [] : text.split('\0')
  return { kind, md5, names, hashes, signatures }
}

/** For each name its place in the index when the file is as it was then, else -1. */
export function unchangedPlaces(
  index: StatIndex | undefined,
  names: readonly string[],
  signatures: SignatureRow,
): Int32Array {
  const places = new Int32Array(names.length).fill(-1)
  if (index === undefined) return places
  let lookup: Map<string, number> | undefined
  for (let at = 0; at < names.length; at++) {
    // most often nothing came or went, and a name is where it was
    let place: number | undefined = at
    if (index.names[at] !== names[at]) {
      lookup ??= new Map(index.names.map((name, i) => [name, i]))
      place = lookup.get(names[at]!)
    }
    if (place !== undefined && equalSignatures(index.signatures, place, signatures, at))
      places[at] = place
  }
  return places
}
