/** More points than these count as so many, so that thinning a curve does not change how smooth it is. */
const MOST_POINTS = 1000

/**
 * Exponential moving average, with its start corrected for the missing past. `weight`, 0 to below 1, is
 * what a point keeps of the mean before it, were the points evenly spread over x. Nulls are passed over.
 */
export function smoothValues(
  xs: readonly number[],
  values: readonly (number | null)[],
  weight: number,
): (number | null)[] {
  if (weight <= 0 || xs.length < 2) return [...values]
  const range = xs.at(-1)! - xs[0]!
  const points = Math.min(MOST_POINTS, xs.length)
  let [mean, mass, before] = [0, 0, xs[0]!]
  return values.map((value, at) => {
    if (value === null) return null
    const distance = range > 0 ? ((xs[at]! - before) / range) * points : 1
    // two points at one x count as one step apart, or the second would have no weight at all
    const keep = weight ** Math.max(distance, 1e-3)
    mean = keep * mean + (1 - keep) * value
    mass = keep * mass + (1 - keep)
    before = xs[at]!
    return mean / mass
  })
}
