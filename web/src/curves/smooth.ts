/** A weight is meant per thousandth of the x range, so that it does not depend on how points are thinned. */
const POINTS_PER_RANGE = 1000

/**
 * Exponential moving average over x, with its start corrected for the missing past. `weight` is 0 to
 * below 1. Nulls stay nulls and are passed over.
 */
export function smoothValues(
  xs: readonly number[],
  values: readonly (number | null)[],
  weight: number,
): (number | null)[] {
  if (weight <= 0 || xs.length < 2) return [...values]
  const range = xs.at(-1)! - xs[0]!
  let [mean, mass, before] = [0, 0, xs[0]!]
  return values.map((value, at) => {
    if (value === null) return null
    const distance = range > 0 ? ((xs[at]! - before) / range) * POINTS_PER_RANGE : 1
    // two points at one x count as one step apart, or the second would have no weight at all
    const keep = weight ** Math.max(distance, 1e-3)
    mean = keep * mean + (1 - keep) * value
    mass = keep * mass + (1 - keep)
    before = xs[at]!
    return mean / mass
  })
}
