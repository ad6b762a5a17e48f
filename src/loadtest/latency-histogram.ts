/** Buckets for each doubling: a bucket is at most 1/128 wide, its middle at most 0.4 % off. */
const STEPS_BITS = 7
const STEPS = 2 ** STEPS_BITS
/** Microseconds, about 35 minutes: the most that 31 bits hold. Longer ones count as this. */
const LONGEST = 2 ** 31 - 1
const BUCKETS = bucketOf(LONGEST) + 1

/**
 * Latencies in constant memory, whatever their number: logarithmic buckets of microseconds, exact
 * below 0.256 ms and to 0.4 % above, up to 35 minutes. Minimum, maximum and sum are exact.
 */
export interface LatencyHistogram {
  /** `milliseconds` at least 0. */
  add(milliseconds: number): void
  addAll(other: LatencyHistogram): void
  clear(): void
  readonly count: number
  /** In milliseconds; NaN of none. */
  readonly min: number
  readonly max: number
  readonly mean: number
  /** The latency in milliseconds that a share of all does not exceed; NaN of none. */
  quantile(share: number): number
  /** How many lie in each bucket. */
  readonly buckets: Uint32Array
}

export function createLatencyHistogram(): LatencyHistogram {
  const buckets = new Uint32Array(BUCKETS)
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  return {
    buckets,
    add: (milliseconds) => {
      buckets[bucketOf(Math.min(LONGEST, Math.round(milliseconds * 1000)))]!++
      count++
      sum += milliseconds
      if (milliseconds < min) min = milliseconds
      if (milliseconds > max) max = milliseconds
    },
    addAll: (other) => {
      if (other.count === 0) return
      for (let i = 0; i < BUCKETS; i++) buckets[i]! += other.buckets[i]!
      count += other.count
      sum += other.mean * other.count
      min = Math.min(min, other.min)
      max = Math.max(max, other.max)
    },
    clear: () => {
      buckets.fill(0)
      ;[count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    },
    get count() {
      return count
    },
    get min() {
      return count === 0 ? Number.NaN : min
    },
    get max() {
      return count === 0 ? Number.NaN : max
    },
    get mean() {
      return sum / count
    },
    quantile: (share) => {
      if (count === 0) return Number.NaN
      const rank = Math.max(1, Math.ceil(share * count))
      if (rank === count) return max
      let seen = 0
      let bucket = -1
      while (seen < rank) seen += buckets[++bucket]!
      return Math.min(max, Math.max(min, middleOf(bucket) / 1000))
    },
  }
}

/** Below 2·STEPS every microsecond is its own; above, each doubling has STEPS buckets. */
function bucketOf(microseconds: number): number {
  if (microseconds < 2 * STEPS) return microseconds
  const shift = 31 - Math.clz32(microseconds) - STEPS_BITS
  return shift * STEPS + (microseconds >>> shift)
}

/** The middle of a bucket in microseconds. */
function middleOf(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket
  const shift = Math.floor(bucket / STEPS) - 1
  const low = (bucket - shift * STEPS) * 2 ** shift
  return low + (2 ** shift - 1) / 2
}
