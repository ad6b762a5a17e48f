import type { DataHash } from '../../versioning/index.ts'
import { formatBytes } from '../run-cells.ts'

/** `5 files, 209.9 MB, 14ef650e`. */
export function hashText({ md5, size, nfiles }: DataHash): string {
  const files = nfiles === undefined ? undefined : `${nfiles} file${nfiles === 1 ? '' : 's'}`
  const bytes = size === undefined ? undefined : formatBytes(size)
  return [files, bytes, md5.slice(0, 8)].filter(Boolean).join(', ')
}
