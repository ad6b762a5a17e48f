/** A share and the interval it lies in with 95 % confidence. */
export interface Proportion {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** 97.5 % quantile of the normal distribution. */
const TWO_SIDED = 1.959963984540054

/**
 * Wilson score interval, 95 %: unlike the textbook normal interval it stays in [0, 1] and does not
 * shrink to nothing when all or none are right. Wilson (1927), equation as in scipy.stats.binomtest.
 */
export function wilsonInterval(hits: number, total: number, z = TWO_SIDED): Proportion {
  const value = hits / total
  const scale = 1 + z ** 2 / total
  const centre = (value + z ** 2 / (2 * total)) / scale
  const half = (z / scale) * Math.sqrt((value * (1 - value)) / total + z ** 2 / (4 * total ** 2))
  return {
    value,
    low: hits === 0 ? 0 : centre - half,
    high: hits === total ? 1 : centre + half,
  }
}
