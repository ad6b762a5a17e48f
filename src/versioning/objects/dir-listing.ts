import { createHash } from 'node:crypto'
import { compareCodePoints } from '../files/compare-code-points.ts'
import { versioningError } from '../versioning-error.ts'
import { DIR_SUFFIX, isObjectHash } from './object-id.ts'

/** A file of a directory: its MD5, and its path in the directory, parts separated by `/`. */
export interface ListingEntry {
  readonly md5: string
  readonly relpath: string
}

/**
 * The bytes of a `.dir` object, as Python's `json.dumps(entries, sort_keys=True)` writes them: sorted by
 * code points, everything outside ASCII escaped.
 */
export function encodeListing(entries: readonly ListingEntry[]): Buffer {
  const sorted = isSorted(entries)
    ? entries
    : [...entries].sort((a, b) => compareCodePoints(a.relpath, b.relpath))
  const items = sorted.map(
    ({ md5, relpath }) => `{"md5": "${md5}", "relpath": ${asciiJson(relpath)}}`,
  )
  return Buffer.from(`[${items.join(', ')}]`, 'latin1')
}

function isSorted(entries: readonly ListingEntry[]): boolean {
  return entries.every(
    ({ relpath }, at) => at === 0 || compareCodePoints(entries[at - 1]!.relpath, relpath) <= 0,
  )
}

/** The name of the object that holds a listing. */
export function listingHash(bytes: Uint8Array): string {
  return `${createHash('md5').update(bytes).digest('hex')}${DIR_SUFFIX}`
}

/** Reads a `.dir` object. Other fields, as version-aware remotes keep them, are left out. Throws DVC_OBJECT_CORRUPT. */
export function decodeListing(bytes: Uint8Array, name: string): ListingEntry[] {
  const fail = (problem: string, cause?: unknown) =>
    versioningError('DVC_OBJECT_CORRUPT', `The listing ${name} ${problem}.`, {
      hint: 'Run `atelier data doctor --repair`, then fetch it again.',
      cause,
      data: { object: name },
    })
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw fail('is no JSON', cause)
  }
  if (!Array.isArray(parsed)) throw fail('is no list of files')
  // a schema would take longer for a hundred thousand files than everything else
  return parsed.map((entry: Partial<Record<'md5' | 'relpath', unknown>> | null) => {
    const { md5, relpath } = entry ?? {}
    if (typeof relpath !== 'string') throw fail('has an entry without a path')
    if (typeof md5 !== 'string' || !isObjectHash(md5)) throw fail(`names no MD5 for '${relpath}'`)
    if (!isInnerPath(relpath)) throw fail(`names the path '${relpath}', which leaves the directory`)
    return { md5, relpath }
  })
}

/** A listing comes from a remote: it must not write outside of its directory. */
function isInnerPath(relpath: string): boolean {
  if (/(?:^|\/)\.{0,2}(?:\/|$)/.test(relpath) || relpath.includes('\0')) return false
  return process.platform !== 'win32' || !/[\\:]/.test(relpath)
}

/** JSON of a string in ASCII; half a surrogate pair is escaped, too. */
export function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
