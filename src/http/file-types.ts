import { extname } from 'node:path'
import type { UiFile } from '../contracts/index.ts'

export interface FileType {
  readonly kind: UiFile['kind']
  readonly contentType: string
}

const text: FileType = { kind: 'text', contentType: 'text/plain; charset=utf-8' }
/** Never guessed at, never shown in place: the browser saves it. */
const data: FileType = { kind: 'data', contentType: 'application/octet-stream' }

/** What a run folder's files are shown as, by their ending. All else is only ever downloaded. */
const types: Readonly<Record<string, FileType>> = {
  '.png': { kind: 'image', contentType: 'image/png' },
  '.jpg': { kind: 'image', contentType: 'image/jpeg' },
  '.jpeg': { kind: 'image', contentType: 'image/jpeg' },
  '.gif': { kind: 'image', contentType: 'image/gif' },
  '.webp': { kind: 'image', contentType: 'image/webp' },
  '.svg': { kind: 'image', contentType: 'image/svg+xml' },
  '.html': { kind: 'page', contentType: 'text/html; charset=utf-8' },
  '.json': { kind: 'text', contentType: 'application/json; charset=utf-8' },
  '.jsonl': text,
  '.yaml': text,
  '.yml': text,
  '.txt': text,
  '.md': text,
  '.csv': text,
  '.log': text,
  '.diff': text,
}

export function fileTypeOf(path: string): FileType {
  return types[extname(path).toLowerCase()] ?? data
}
