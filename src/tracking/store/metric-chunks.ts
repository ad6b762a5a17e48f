import { extremes, type PointArrays, pick, slicePoints } from './thin-series.ts'

/** Points of a full chunk: 24 KB, which the log of a second is added to without much rewriting. */
export const CHUNK_POINTS = 1024

export interface Chunk {
  readonly count: number
  readonly min_step: number
  readonly max_step: number
  readonly peaks: Uint8Array
  readonly points: Uint8Array
}

/** Cuts points into rows for the database, all but the last one full. */
export function toChunks(points: PointArrays): Chunk[] {
  const count = points.values.length
  return Array.from({ length: Math.ceil(count / CHUNK_POINTS) }, (_, index) =>
    toChunk(slicePoints(points, index * CHUNK_POINTS, Math.min(count, (index + 1) * CHUNK_POINTS))),
  )
}

function toChunk(points: PointArrays): Chunk {
  const { steps, values } = points
  return {
    count: values.length,
    min_step: steps.reduce((least, step) => Math.min(least, step), Number.POSITIVE_INFINITY),
    max_step: steps.reduce((greatest, step) => Math.max(greatest, step), Number.NEGATIVE_INFINITY),
    peaks: encodePoints(pick(points, extremes(values, 0, values.length))),
    points: encodePoints(points),
  }
}

/** Little-endian, as every platform that Node runs on is. */
function encodePoints({ steps, times, values }: PointArrays): Uint8Array {
  const all = new Float64Array(steps.length * 3)
  all.set(steps, 0)
  all.set(times, steps.length)
  all.set(values, steps.length * 2)
  return Buffer.from(all.buffer)
}

export function decodePoints(bytes: Uint8Array): PointArrays {
  const { byteOffset, byteLength } = bytes
  // a view must begin at a multiple of 8, which the drivers do not promise
  const all =
    byteOffset % 8 === 0
      ? new Float64Array(bytes.buffer, byteOffset, byteLength / 8)
      : new Float64Array(bytes.slice().buffer)
  const count = all.length / 3
  return {
    steps: all.subarray(0, count),
    times: all.subarray(count, count * 2),
    values: all.subarray(count * 2),
  }
}
