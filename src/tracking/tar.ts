import type { FileHandle } from 'node:fs/promises'
import { AtelierError } from '../core/index.ts'

/** ustar (POSIX.1-1988) with a pax record for a path that does not fit: what every `tar` reads. */
const BLOCK = 512
const NAME_BYTES = 100
const PREFIX_BYTES = 155
/** A pax header holds a path here, nothing that needs more. */
const MOST_PAX_BYTES = 65_536

export interface TarFile {
  /** With forward slashes. */
  readonly path: string
  readonly bytes: number
}

/** The bytes before a file's content. */
export function tarHeader({ path, bytes }: TarFile, time: number): Buffer {
  const fitting = splitPath(path)
  if (fitting !== undefined) return header(fitting, bytes, '0', time)
  const record = paxRecord('path', path)
  const name = Buffer.from(path).subarray(0, NAME_BYTES).toString('latin1')
  return Buffer.concat([
    header({ name: 'pax', prefix: '' }, record.length, 'x', time),
    record,
    tarPadding(record.length),
    header({ name: name.replace(/[^ -~]/g, '_'), prefix: '' }, bytes, '0', time),
  ])
}

/** The bytes after a file's content. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK)
}

/** The end of an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK)

interface Name {
  readonly name: string
  readonly prefix: string
}

/** At a slash, so that both parts fit; undefined when there is none, or for other than ASCII. */
function splitPath(path: string): Name | undefined {
  if (!/^[ -~]*$/.test(path)) return undefined
  if (path.length <= NAME_BYTES) return { name: path, prefix: '' }
  const slash = path.indexOf('/', path.length - NAME_BYTES - 1)
  if (slash < 1 || slash > PREFIX_BYTES || slash === path.length - 1) return undefined
  return { name: path.slice(slash + 1), prefix: path.slice(0, slash) }
}

function header({ name, prefix }: Name, bytes: number, type: string, time: number): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, offset: number, width: number) =>
    block.write(
      `${Math.floor(value)
        .toString(8)
        .padStart(width - 1, '0')}\0`,
      offset,
      'latin1',
    )
  // eleven octal digits: 8 GiB
  if (bytes >= 8 ** 11) throw archiveError(`${name} is too large for a tar file.`)
  block.write(name, 0, 'latin1')
  octal(0o644, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(bytes, 124, 12)
  octal(Math.max(0, time / 1000), 136, 12)
  block.write(type, 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  block.write(prefix, 345, 'latin1')
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** The sum of all bytes, those of the checksum itself as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 32
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i]!
  return sum
}

/** `LENGTH KEY=VALUE\n`, the length counting itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`)
  let length = rest.length
  while (String(length).length + rest.length !== length) {
    length = String(length).length + rest.length
  }
  return Buffer.concat([Buffer.from(String(length)), rest])
}

export interface TarEntry extends TarFile {
  /** Where its content begins in the archive. */
  readonly offset: number
}

/**
 * The files of an archive, without their content. Folders are passed over. Throws RUN_ARCHIVE for
 * anything else, links above all, and for a damaged or cut archive.
 */
export async function* readTar(file: FileHandle): AsyncGenerator<TarEntry> {
  const { size } = await file.stat()
  let path: string | undefined
  for (let at = 0; at + BLOCK <= size; ) {
    const block = await readAt(file, at, BLOCK)
    if (block.every((byte) => byte === 0)) return
    const { type, bytes, name } = parseHeader(block)
    const offset = at + BLOCK
    if (offset + bytes > size) break
    if (type === 'x') {
      if (bytes > MOST_PAX_BYTES) throw archiveError('A header of the archive is too long.')
      path = paxPath(await readAt(file, offset, bytes))
    } else {
      if (type === '0' || type === '\0') yield { path: path ?? name, bytes, offset }
      else if (type !== '5') throw archiveError(`${name} is not a file but of type "${type}".`)
      path = undefined
    }
    at = offset + bytes + tarPadding(bytes).length
  }
  throw archiveError('The archive is cut off.')
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  if (bytesRead !== length) throw archiveError('The archive is cut off.')
  return buffer
}

function parseHeader(block: Buffer) {
  const text = (offset: number, length: number) => {
    const field = block.subarray(offset, offset + length)
    const end = field.indexOf(0)
    return field.subarray(0, end === -1 ? length : end).toString('utf8')
  }
  const octal = (offset: number, length: number) => {
    const digits = text(offset, length).trim()
    if (!/^[0-7]+$/.test(digits)) throw archiveError('It is not a tar file, or damaged.')
    return Number.parseInt(digits, 8)
  }
  if (octal(148, 8) !== checksum(block)) throw archiveError('It is not a tar file, or damaged.')
  const isUstar = text(257, 5) === 'ustar'
  const prefix = isUstar ? text(345, PREFIX_BYTES) : ''
  const name = text(0, NAME_BYTES)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    bytes: octal(124, 12),
    type: String.fromCharCode(block[156]!),
  }
}

function paxPath(record: Buffer): string | undefined {
  let path: string | undefined
  for (let at = 0; at < record.length; ) {
    const length = Number.parseInt(record.toString('latin1', at, at + 8), 10)
    if (!(length > 0)) throw archiveError('A header of the archive is damaged.')
    const [, key, value] =
      /^\d+ ([^=]+)=(.*)\n$/s.exec(record.toString('utf8', at, at + length)) ?? []
    if (key === 'path') path = value
    if (key === 'size' || key === 'linkpath') throw archiveError(`It says "${key}" of a file.`)
    at += length
  }
  return path
}

export function archiveError(message: string, cause?: unknown): AtelierError {
  return new AtelierError('RUN_ARCHIVE', message, {
    hint: 'Export the runs again with `atelier runs export`.',
    cause,
  })
}
