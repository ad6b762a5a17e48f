import type { Stats } from 'node:fs'

/** What a file's state is told from without reading it; times in milliseconds since the epoch. */
export interface FileSignature {
  readonly size: number
  readonly mtime: number
  readonly ctime: number
  readonly ino: number
}

export function signatureOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileSignature {
  return { size, mtime: mtimeMs, ctime: ctimeMs, ino }
}

export function sameSignature(a: FileSignature, b: FileSignature): boolean {
  return a.size === b.size && a.mtime === b.mtime && a.ctime === b.ctime && a.ino === b.ino
}

/** Signatures of many files, quick to pass to another thread and to a file: four numbers each. */
export type SignatureRow = Float64Array<ArrayBuffer>

const FIELDS = 4

export function createSignatures(count: number): SignatureRow {
  return new Float64Array(count * FIELDS)
}

/** The inode's number may have more digits than a float: what is left of it still tells files apart. */
export function putSignature(row: SignatureRow, at: number, signature: FileSignature): void {
  row[at * FIELDS] = signature.size
  row[at * FIELDS + 1] = signature.mtime
  row[at * FIELDS + 2] = signature.ctime
  row[at * FIELDS + 3] = signature.ino
}

/** Says that a file's state is not known well enough to be trusted later. */
export function clearSignature(row: SignatureRow, at: number): void {
  row.fill(Number.NaN, at * FIELDS, (at + 1) * FIELDS)
}

/** False for cleared ones, as NaN equals nothing. */
export function equalSignatures(a: SignatureRow, i: number, b: SignatureRow, j: number): boolean {
  for (let field = 0; field < FIELDS; field++)
    if (a[i * FIELDS + field] !== b[j * FIELDS + field]) return false
  return true
}

export function copySignature(from: SignatureRow, i: number, to: SignatureRow, j: number): void {
  for (let field = 0; field < FIELDS; field++) to[j * FIELDS + field] = from[i * FIELDS + field]!
}

export function sizeAt(row: SignatureRow, at: number): number {
  return row[at * FIELDS]!
}
