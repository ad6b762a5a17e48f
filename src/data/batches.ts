import { createRandom, permutation } from '../core/index.ts'
import type { Split } from './split.ts'

/** The order of an epoch's images: a function of (seed, epoch, size), so training resumes anywhere. */
export function epochOrder(seed: number, epoch: number, size: number): Int32Array<ArrayBuffer> {
  return permutation(size, createRandom(seed, 'shuffle', epoch))
}

/**
 * Copies the images and labels at order[start], order[start + 1], … into `target` and
 * `targetLabels`, until these are full or the order ends. Returns how many were copied.
 */
export function fillBatch(
  target: Uint8Array,
  targetLabels: Int32Array,
  split: Split,
  order: Int32Array,
  start: number,
): number {
  const size = split.images.length / split.size
  const count = Math.min(targetLabels.length, order.length - start)
  for (let i = 0; i < count; i++) {
    const index = order[start + i]!
    target.set(split.images.subarray(index * size, (index + 1) * size), i * size)
    targetLabels[i] = split.labels[index]!
  }
  return count
}
