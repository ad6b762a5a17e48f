import { storageError } from './storage-errors.ts'

/** What S3 and Google Cloud Storage take. */
const MAX_KEY_BYTES = 1024

/**
 * Throws STORAGE_INVALID_URL for a key that a folder could take for a way out of itself, or that not
 * every store keeps: keys are the same everywhere.
 */
export function checkKey(key: string): string {
  const parts = key.split('/')
  const bad = characterProblem(key) ?? parts.map(partProblem).find(Boolean)
  if (bad !== undefined) throw refuse('key', key, bad)
  return key
}

/** As `checkKey`, for the beginning of keys: its last part may be empty or unfinished. */
export function checkPrefix(prefix: string): string {
  const parts = prefix.split('/').slice(0, -1)
  const bad = characterProblem(prefix) ?? parts.map(partProblem).find(Boolean)
  if (bad !== undefined) throw refuse('prefix', prefix, bad)
  return prefix
}

function characterProblem(key: string): string | undefined {
  if (key.includes('\\')) return 'has a backslash'
  if (/\p{Cc}/u.test(key)) return 'has a control character'
  // half of a surrogate pair: no encoding of text can hold it
  if (/\p{Cs}/u.test(key)) return 'is no well-formed Unicode text'
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `is longer than ${MAX_KEY_BYTES} bytes`
  return undefined
}

function partProblem(part: string): string | undefined {
  if (part === '') return 'has an empty part'
  if (part === '.' || part === '..') return `has the part '${part}'`
  return undefined
}

function refuse(what: string, key: string, problem: string) {
  return storageError(
    'STORAGE_INVALID_URL',
    `The ${what} ${JSON.stringify(key.slice(0, 200))} ${problem}.`,
    {
      hint: 'Write keys as `folder/name`: relative, with single forward slashes, at most 1024 bytes.',
    },
  )
}
