import { constants, deflateSync } from 'node:zlib'
import type { BadImage } from './bad-images.ts'
import { type PngParts, pngChunk, pngFile } from './png-files.ts'

/** Files that are small and would unpack to much. */
export function* pngBombs(): Generator<BadImage> {
  const shape = { width: 8, height: 6, depth: 8, color: 0 }
  const rows = new Uint8Array(9 * 6)
  const file = (parts: Partial<PngParts>) => pngFile({ ...shape, rows, ...parts })
  // None of those with notes needs more memory than its header asks for, so they may be read.
  const zeros = deflateSync(new Uint8Array(8e6), { level: 9 })
  const heads = { iCCP: 'k\0\0', zTXt: 'k\0\0', iTXt: 'XML:com.adobe.xmp\0\x01\0\0\0' }
  for (const [type, head] of Object.entries(heads)) {
    const note = pngChunk(type, Buffer.concat([Buffer.from(head, 'latin1'), zeros]))
    const many = Array<Uint8Array>(20).fill(note)
    const changes: Record<string, Partial<PngParts>> = {
      '': { before: [note] },
      ' after': { after: [note] },
      ' 20 times': { before: many },
      ' 20 times, interlaced': { before: many, interlace: 1 },
    }
    for (const [name, parts] of Object.entries(changes)) {
      yield { name: `bomb ${type}${name}`, bytes: file(parts), verdict: 'mutated' }
    }
  }
  yield { name: 'bomb stream', bytes: file({ stream: zerosBomb(150) }), verdict: 'bad' }
  const stream = zerosBomb(2)
  for (const [width, height] of HUGE) {
    for (const color of [0, 2, 6]) {
      for (const interlace of [0, 1]) {
        const bytes = file({ width, height, color, stream, interlace })
        yield { name: `bomb ${color} ${width}x${height} ${interlace}`, bytes, verdict: 'bad' }
      }
    }
  }
}

const HUGE = [
  [60_000, 60_000],
  [0x7fffffff, 0x7fffffff],
  [0x7fffffff, 1],
  [1, 0x7fffffff],
  [16_000_001, 1],
] as const

/** A zlib stream of `times` x 16 MB of zeros, of about a thousandth of that. */
function zerosBomb(times: number): Uint8Array {
  const finishFlush = constants.Z_SYNC_FLUSH
  const block = deflateSync(new Uint8Array(16e6), { level: 9, finishFlush })
  const more = Array<Uint8Array>(times - 1).fill(block.subarray(2))
  return Buffer.concat([block, ...more])
}
