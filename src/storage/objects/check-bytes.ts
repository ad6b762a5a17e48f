import { createHash } from 'node:crypto'
import { createCrc32c } from './crc32c.ts'
import { wrongChecksum } from './storage-errors.ts'

/** What is known of bytes before they are read; lowercase hex. */
export interface KnownChecksums {
  readonly size?: number | undefined
  readonly md5?: string | undefined
  readonly sha256?: string | undefined
  /** Is looked at only where nothing better is known. */
  readonly crc32c?: string | undefined
}

export interface ByteCheck {
  update(bytes: Uint8Array): void
  /** Throws STORAGE_CHECKSUM. */
  finish(): void
}

/** Compares bytes that pass by with what they must be; `what` names them in the error. */
export function checkBytes(what: string, known: KnownChecksums): ByteCheck {
  const sums = [
    { label: 'MD5', wanted: known.md5, create: () => hasher('md5') },
    { label: 'SHA-256', wanted: known.sha256, create: () => hasher('sha256') },
    {
      label: 'CRC32C',
      wanted: (known.md5 ?? known.sha256) ? undefined : known.crc32c,
      create: createCrc32c,
    },
  ]
  const running = sums.flatMap(({ label, wanted, create }) =>
    wanted === undefined ? [] : [{ label, wanted, sum: create() }],
  )
  let size = 0
  return {
    update(bytes) {
      size += bytes.length
      for (const { sum } of running) sum.update(bytes)
    },
    finish() {
      if (known.size !== undefined && size !== known.size)
        throw wrongChecksum(what, 'size', String(size), String(known.size))
      for (const { label, wanted, sum } of running) {
        const got = sum.digest()
        if (got !== wanted) throw wrongChecksum(what, label, got, wanted)
      }
    },
  }
}

function hasher(kind: 'md5' | 'sha256') {
  const hash = createHash(kind)
  return {
    update: (bytes: Uint8Array) => void hash.update(bytes),
    digest: () => hash.digest('hex'),
  }
}
