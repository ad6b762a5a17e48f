import { createRandom, permutation } from '../core/index.ts'
import { countClasses } from './split.ts'

/**
 * Divides positions 0 … labels.length−1 into parts of the given sizes and the rest, each part with
 * the classes in proportion (largest remainder), at random by `seed`, in ascending order.
 * A class's draw depends on the seed and that class alone.
 */
export function stratifiedSplit(
  labels: Int32Array,
  classes: number,
  sizes: readonly number[],
  seed: number,
): Int32Array<ArrayBuffer>[] {
  const counts = countClasses(labels, classes)
  const members = counts.map((count) => new Int32Array(count))
  const filled = counts.map(() => 0)
  labels.forEach((label, i) => {
    members[label]![filled[label]!++] = i
  })
  const shuffled = members.map((indices, label) =>
    permutation(indices.length, createRandom(seed, 'split', label)).map((at) => indices[at]!),
  )
  let left = counts
  const parts = sizes.map((size) => {
    const quotas = proportionalQuotas(left, size)
    const starts = left.map((count, label) => counts[label]! - count)
    left = left.map((count, label) => count - quotas[label]!)
    return gather(
      shuffled.map((all, label) => all.subarray(starts[label], starts[label]! + quotas[label]!)),
    )
  })
  return [
    ...parts,
    gather(shuffled.map((all, label) => all.subarray(counts[label]! - left[label]!))),
  ]
}

function gather(pieces: readonly Int32Array[]): Int32Array<ArrayBuffer> {
  return Int32Array.from(pieces.flatMap((piece) => [...piece])).sort()
}

/** `total` divided among classes in proportion to `counts`; a class never gives all it has left. */
function proportionalQuotas(counts: readonly number[], total: number): number[] {
  const available = counts.reduce((sum, count) => sum + count, 0)
  const shares = counts.map((count) => (count * total) / available)
  const quotas = shares.map(Math.floor)
  const byRemainder = shares
    .map((share, label) => ({ label, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.label - b.label)
  const missing = total - quotas.reduce((sum, quota) => sum + quota, 0)
  for (const { label } of byRemainder.slice(0, missing)) quotas[label] = quotas[label]! + 1
  giveEveryClassOne(quotas, counts)
  return quotas
}

/** A class too small for a share still gets one image, taken from the largest quota. */
function giveEveryClassOne(quotas: number[], counts: readonly number[]): void {
  for (let label = 0; label < quotas.length; label++) {
    const largest = quotas.indexOf(Math.max(...quotas))
    if (quotas[label] === 0 && counts[label]! > 1 && quotas[largest]! > 1) {
      quotas[label] = 1
      quotas[largest] = quotas[largest]! - 1
    }
  }
}
