import { normalCdf } from '../../statistics/index.ts'
import { type NumericSample, pooledSteps } from './sample.ts'

/** With no more than so many rows on a side, and no ties, all orderings are counted. */
const MOST_EXACT = 8

/** p-value of the Mann-Whitney test whose alternative is that the reference lies below the current values. */
export function mannWhitney(reference: NumericSample, current: NumericSample): number {
  const [n1, n2] = [reference.sorted.length, current.sorted.length]
  const { reference: r, current: c } = pooledSteps(reference, current)
  let [above, ties, before1, before2] = [0, 0, 0, 0]
  for (let i = 0; i < r.length; i++) {
    const [t1, t2] = [r[i]! - before1, c[i]! - before2]
    // pairs in which the current value is the larger, and half of those that are equal
    above += t2 * (before1 + t1 / 2)
    ties += (t1 + t2) ** 3 - (t1 + t2)
    ;[before1, before2] = [r[i]!, c[i]!]
  }
  if (ties === 0 && Math.min(n1, n2) <= MOST_EXACT) return orderingsTail(above, n1, n2)
  const rows = n1 + n2
  const spread = Math.sqrt(((n1 * n2) / 12) * (rows + 1 - ties / (rows * (rows - 1))))
  return normalCdf(-(above - (n1 * n2) / 2 - 0.5) / spread)
}

/** The share of orderings in which so many pairs or more are ordered like that. */
function orderingsTail(pairs: number, n1: number, n2: number): number {
  const [few, many] = n1 < n2 ? [n1, n2] : [n2, n1]
  // the distribution is symmetric: the shorter side is added up
  const most = n1 * n2
  const isUpper = pairs > most / 2
  const last = isUpper ? most - pairs : pairs - 1
  const counts = orderings(few, many, Math.floor(last))
  let total = 1
  for (let i = 1; i <= few; i++) total *= (many + i) / i
  const share = counts.reduce((sum, count) => sum + count, 0) / total
  return isUpper ? share : 1 - share
}

/** How many orderings have 0 … `last` ordered pairs: the first coefficients of a Gaussian binomial. */
function orderings(few: number, many: number, last: number): Float64Array {
  const counts = new Float64Array(Math.max(0, last + 1))
  if (last >= 0) counts[0] = 1
  for (let i = 1; i <= few; i++) {
    // times 1 − q^(many + i), from above so that what is read was not yet changed …
    for (let k = last; k >= many + i; k--) counts[k]! -= counts[k - many - i]!
    // … over 1 − qⁱ
    for (let k = i; k <= last; k++) counts[k]! += counts[k - i]!
  }
  return counts
}
