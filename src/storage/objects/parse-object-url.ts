import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkKey } from './object-key.ts'
import { storageError } from './storage-errors.ts'

export type StorePlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'http'; readonly url: URL }
  | { readonly kind: 'gs' | 's3'; readonly bucket: string; readonly prefix: string }

const HINT =
  'Write a path, file:///path, gs://bucket/prefix, s3://bucket/prefix or https://host/path.'

/** Reads a path or URL. Throws STORAGE_INVALID_URL without showing what may be a secret in it. */
export function parseStoreUrl(url: string, cwd = '.'): StorePlace {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase()
  if (url === '' || url.includes('\0')) throw invalid('An address is empty or has a NUL character')
  if (scheme === 'gs' || scheme === 's3') return parseBucketUrl(url, scheme)
  if (scheme === 'http' || scheme === 'https')
    return { kind: 'http', url: parseWebUrl(url, scheme) }
  if (scheme === 'file') return { kind: 'file', path: parseFileUrl(url) }
  if (scheme !== undefined && url.startsWith('//', scheme.length + 1))
    throw invalid(`Addresses of the kind '${scheme}://' are not supported`)
  return { kind: 'file', path: resolve(cwd, url) }
}

function parseBucketUrl(url: string, kind: 'gs' | 's3'): StorePlace {
  const [, bucket, rest = ''] = /^..:\/\/([^/]*)(?:\/(.*))?$/s.exec(url) ?? []
  if (bucket?.includes('@'))
    throw invalid(`A ${kind}:// address has a user or password in it`, CREDENTIALS_HINT)
  if (bucket === undefined || !/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/i.test(bucket))
    throw invalid(`'${url.slice(0, 100)}' names no bucket`)
  const prefix = rest.replace(/\/$/, '')
  if (prefix !== '') checkKey(prefix)
  return { kind, bucket, prefix }
}

const CREDENTIALS_HINT = 'Give credentials by environment or file; docs/storage.md lists them.'

function parseWebUrl(text: string, scheme: string): URL {
  if (!text.startsWith('//', scheme.length + 1) || !URL.canParse(text))
    throw invalid(`An address that begins with '${scheme}:' cannot be read`)
  const url = new URL(text)
  url.hash = ''
  return url
}

function parseFileUrl(text: string): string {
  const problem = `'${text.slice(0, 100)}' is no file address of this machine`
  if (!text.startsWith('//', 'file:'.length)) throw invalid(problem)
  try {
    return fileURLToPath(text)
  } catch {
    throw invalid(problem)
  }
}

function invalid(problem: string, hint = HINT) {
  return storageError('STORAGE_INVALID_URL', `${problem}.`, { hint })
}
