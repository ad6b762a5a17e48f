import { statSync } from 'node:fs'

/** Files of one job: enough to be worth a message, few enough to be stopped soon. */
const FILES = 256
const BYTES = 32 << 20
/** Less than this is done before a thread has started. */
const LIGHT_FILES = 96
const LIGHT_BYTES = 24 << 20

export interface WorkSplit {
  /** [start, end) of each job. */
  readonly ranges: readonly (readonly [start: number, end: number])[]
  readonly light: boolean
}

/**
 * Cuts a list of files into jobs; `size` gives the bytes of one. `group`: small files next to each other with the same
 * go into one job.
 */
export function splitWork(
  count: number,
  size: (at: number) => number,
  group?: (at: number) => string,
): WorkSplit {
  const ranges: [number, number][] = []
  let [start, bytes, total] = [0, 0, 0]
  for (let at = 0; at < count; at++) {
    const next = size(at)
    total += next
    const together = group !== undefined && at > start && group(at - 1) === group(at)
    const full = at - start >= FILES && !together
    if (at > start && (full || bytes + next > BYTES)) {
      ranges.push([start, at])
      ;[start, bytes] = [at, 0]
    }
    bytes += next
  }
  if (count > start) ranges.push([start, count])
  return { ranges, light: count <= LIGHT_FILES && total <= LIGHT_BYTES }
}

/** In bytes; 0 where there is no such file. */
export function sizeOfFile(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
