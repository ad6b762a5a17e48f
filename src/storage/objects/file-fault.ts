import { AtelierError } from '../../core/index.ts'
import { storageError } from './storage-errors.ts'

const NO_RIGHT: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS'])
const IN_THE_WAY: ReadonlySet<unknown> = new Set([
  'EISDIR',
  'ENOTDIR',
  'EEXIST',
  'ELOOP',
  'ERR_FS_EISDIR',
])

/** What the file system says about a key, in words; what it says about the disk alone is left as it is. */
export function fileFault(error: unknown, root: string, key: string): unknown {
  if (error instanceof AtelierError) return error
  const { code } = (error ?? {}) as { code?: unknown }
  if (NO_RIGHT.has(code)) {
    return storageError('STORAGE_DENIED', `There is no right to '${key}' in ${root} (${code}).`, {
      hint: 'Check owner and rights of the folder and the file.',
      cause: error,
    })
  }
  if (code === 'ENAMETOOLONG') {
    return storageError('STORAGE_INVALID_URL', `A part of '${key}' is too long for ${root}.`, {
      hint: 'File names have at most 255 bytes.',
      cause: error,
    })
  }
  if (!IN_THE_WAY.has(code)) return error
  const problem = 'a folder lies where a file has to be, or a file where a folder has to be'
  return storageError('STORAGE_INVALID_URL', `'${key}' cannot be in ${root}: ${problem}.`, {
    hint: 'Take another name, or remove what is in the way.',
    cause: error,
  })
}
