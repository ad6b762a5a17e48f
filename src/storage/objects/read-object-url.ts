import { sha256 } from '../../core/index.ts'
import type { ObjectStoreOptions } from './object-store-options.ts'
import { openObjectUrl } from './open-object-store.ts'
import { storageError, wrongChecksum } from './storage-errors.ts'

export interface ReadUrlOptions extends ObjectStoreOptions {
  readonly maxBytes: number
  /** What the bytes must have, lowercase hex. */
  readonly sha256?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * One object by its whole URL, in memory. Throws OBJECT_NOT_FOUND, OBJECT_TOO_LARGE without reading
 * further, STORAGE_CHECKSUM and what a store throws.
 */
export async function readObjectUrl(url: string, options: ReadUrlOptions): Promise<Uint8Array> {
  const { store, key } = await openObjectUrl(url, options)
  try {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of await store.read(key, { signal: options.signal })) {
      size += chunk.length
      if (size > options.maxBytes) throw tooLarge(store.url, key, options.maxBytes)
      chunks.push(chunk)
    }
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)
    const got = options.sha256 === undefined ? undefined : sha256(bytes)
    if (got !== options.sha256)
      throw wrongChecksum(`'${key}' in ${store.url}`, 'SHA-256', got!, options.sha256!)
    return bytes
  } finally {
    await store.close()
  }
}

function tooLarge(url: string, key: string, maxBytes: number) {
  return storageError(
    'OBJECT_TOO_LARGE',
    `'${key}' in ${url} has more than the ${maxBytes} bytes that are allowed here.`,
    { hint: 'Check that the address names the right object.', data: { store: url, key, maxBytes } },
  )
}
