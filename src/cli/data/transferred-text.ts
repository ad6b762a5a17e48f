import type { Transferred } from '../../versioning/index.ts'
import { formatBytes } from '../run-cells.ts'

/** `5 objects pushed (209.9 MB)`. */
export function transferredText({ objects, bytes }: Transferred, done: string): string {
  if (objects === 0) return 'Everything is up to date.'
  return `${objects} object${objects === 1 ? '' : 's'} ${done} (${formatBytes(bytes)})`
}
