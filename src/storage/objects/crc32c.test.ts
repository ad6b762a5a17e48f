import { describe, expect, it } from 'vitest'
import { createCrc32c } from './crc32c.ts'

const crcOf = (...pieces: readonly Uint8Array[]) => {
  const crc = createCrc32c()
  for (const piece of pieces) crc.update(piece)
  return crc.digest()
}

describe('createCrc32c', () => {
  // RFC 3720, section B.4, written as numbers
  it.each([
    ['32 zeros', Buffer.alloc(32), '8a9136aa'],
    ['32 ones', Buffer.alloc(32, 0xff), '62a8ab43'],
    ['ascending bytes', Uint8Array.from({ length: 32 }, (_, i) => i), '46dd794e'],
    ['descending bytes', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), '113fdb5c'],
    ['nine digits', Buffer.from('123456789'), 'e3069283'],
    ['nothing', new Uint8Array(), '00000000'],
  ])('gives the published sum of %s', (_name, bytes, wanted) => {
    expect(crcOf(bytes)).toBe(wanted)
  })

  it('gives the same sum however the bytes are cut', () => {
    const bytes = Uint8Array.from({ length: 1003 }, (_, i) => (i * i * 31 + 7) & 255)
    const whole = crcOf(bytes)
    for (const cut of [1, 2, 7, 8, 9, 500, 1002])
      expect(crcOf(bytes.subarray(0, cut), bytes.subarray(cut))).toBe(whole)
    expect(crcOf(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toBe(whole)
  })
})
