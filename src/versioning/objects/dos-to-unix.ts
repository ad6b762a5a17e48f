import { createHash } from 'node:crypto'

const CHUNK = 1 << 20
const LOOKED_AT = 512
const MOST_BINARY = 0.3

/** The MD5 of DVC 2: in each MiB that begins like text, CRLF counts as LF. */
export function createDosToUnixHash(): {
  update(bytes: Uint8Array): unknown
  digest(encoding: 'hex'): string
} {
  const hash = createHash('md5')
  let pending = Buffer.alloc(0)
  const add = (chunk: Buffer) => hash.update(isText(chunk) ? withoutCarriageReturns(chunk) : chunk)
  return {
    update(bytes) {
      pending = Buffer.concat([pending, bytes])
      for (; pending.length >= CHUNK; pending = pending.subarray(CHUNK))
        add(pending.subarray(0, CHUNK))
    },
    digest(encoding) {
      if (pending.length > 0) add(pending)
      return hash.digest(encoding)
    },
  }
}

function isText(chunk: Buffer): boolean {
  const head = chunk.subarray(0, LOOKED_AT)
  if (head.includes(0)) return false
  let odd = 0
  for (const byte of head) if (!isTextByte(byte)) odd++
  return odd / head.length <= MOST_BINARY
}

/** Printable ASCII and `\b \t \n \f \r`. */
function isTextByte(byte: number): boolean {
  return (byte >= 32 && byte < 127) || (byte >= 8 && byte <= 10) || byte === 12 || byte === 13
}

function withoutCarriageReturns(chunk: Buffer): Buffer {
  return Buffer.from(chunk.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
}
