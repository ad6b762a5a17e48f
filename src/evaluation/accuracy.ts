/** A share and the interval it lies in with 95 % confidence. */
export interface Proportion {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** 97.5 % and 95 % quantiles of the normal distribution. */
const TWO_SIDED = 1.959963984540054
const ONE_SIDED = 1.6448536269514722

/** Share of equal elements with its Wilson interval. */
export function accuracy(labels: Int32Array, predicted: Int32Array): Proportion {
  let hits = 0
  for (let i = 0; i < labels.length; i++) if (labels[i] === predicted[i]) hits++
  return wilsonInterval(hits, labels.length)
}

/**
 * Wilson score interval, 95 %: unlike the textbook normal interval it stays in [0, 1] and does not
 * shrink to nothing when all or none are right. Wilson (1927), equation as in scipy.stats.binomtest.
 */
function wilsonInterval(hits: number, total: number, z = TWO_SIDED): Proportion {
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

/** The accuracy that is surpassed with 95 % confidence, by `hits` of `total` (one side of Wilson's interval). */
export function lowestAccuracy(hits: number, total: number): number {
  return wilsonInterval(hits, total, ONE_SIDED).low
}
