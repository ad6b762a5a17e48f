import { CHUNK_FRAME, chunkAt, FIRST_CHUNK, IDAT, IHDR } from './png-file.ts'

/** iCCP, iTXt, tEXt and zTXt: none of them decides a pixel, and three of them are compressed. */
const NOTES: ReadonlySet<number> = new Set([0x69434350, 0x69545874, 0x74455874, 0x7a545874])

/**
 * A PNG without its colour profile and texts. A decoder would unpack them, which for a small file
 * full of them takes seconds. Whatever else is in the file, right or wrong, stays as it is.
 */
export function stripPngNotes(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = []
  let keptTo = 0
  for (let start = FIRST_CHUNK, previous = 0; ; ) {
    const chunk = chunkAt(bytes, start)
    // Before the header any chunk is an error, which must not be mended.
    if (chunk === undefined || chunk.type === IDAT || (previous === 0 && chunk.type !== IHDR)) break
    const end = start + CHUNK_FRAME + chunk.length
    if (NOTES.has(chunk.type)) {
      kept.push(bytes.subarray(keptTo, start))
      keptTo = end
    }
    previous = chunk.type
    start = end
  }
  if (keptTo === 0) return bytes
  return Buffer.concat([...kept, bytes.subarray(keptTo)])
}
