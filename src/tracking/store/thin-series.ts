import type { Points } from '../run-store.ts'

export type PointArrays = Omit<Points, 'metric'>

/**
 * At most `buckets` × 4 points: each bucket, of equally many points in the order of logging, keeps
 * its first, minimum, maximum and last. Few points stay as they are.
 */
export function thin(points: PointArrays, buckets: number): PointArrays {
  const count = points.values.length
  if (count <= buckets * 4) return points
  const kept: number[] = []
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * count) / buckets)
    const to = Math.floor(((bucket + 1) * count) / buckets)
    kept.push(...extremes(points.values, from, to))
  }
  return pick(points, kept)
}

/** Indices of the first, the least, the greatest and the last value of a range, ascending, each once. */
export function extremes(values: Float64Array, from: number, to: number): number[] {
  if (to <= from) return []
  let least = -1
  let greatest = -1
  for (let i = from; i < to; i++) {
    const value = values[i]!
    // NaN is neither least nor greatest: it is kept only at the ends
    if (Number.isNaN(value)) continue
    if (least === -1 || value < values[least]!) least = i
    if (greatest === -1 || value > values[greatest]!) greatest = i
  }
  const indices = [from, least, greatest, to - 1].filter((index) => index !== -1)
  return [...new Set(indices)].sort((a, b) => a - b)
}

/** The points at these indices. */
export function pick(points: PointArrays, indices: readonly number[]): PointArrays {
  const take = (values: Float64Array) => Float64Array.from(indices, (index) => values[index]!)
  return { steps: take(points.steps), times: take(points.times), values: take(points.values) }
}

export function joinPoints(parts: readonly PointArrays[]): PointArrays {
  if (parts.length === 1) return parts[0]!
  const join = (arrays: readonly Float64Array[]) => {
    const joined = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0))
    let offset = 0
    for (const array of arrays) {
      joined.set(array, offset)
      offset += array.length
    }
    return joined
  }
  return {
    steps: join(parts.map(({ steps }) => steps)),
    times: join(parts.map(({ times }) => times)),
    values: join(parts.map(({ values }) => values)),
  }
}

export function slicePoints(points: PointArrays, from: number, to: number): PointArrays {
  return {
    steps: points.steps.subarray(from, to),
    times: points.times.subarray(from, to),
    values: points.values.subarray(from, to),
  }
}

/** The points whose step is within (after, upTo]. */
export function pointsBetween(points: PointArrays, after: number, upTo: number): PointArrays {
  const kept: number[] = []
  for (const [index, step] of points.steps.entries()) {
    if (step > after && step <= upTo) kept.push(index)
  }
  return kept.length === points.steps.length ? points : pick(points, kept)
}
