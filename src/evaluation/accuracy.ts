import { type Proportion, wilsonInterval } from '../statistics/index.ts'

/** 95 % quantile of the normal distribution. */
const ONE_SIDED = 1.6448536269514722

/** Share of equal elements with its Wilson interval. */
export function accuracy(labels: Int32Array, predicted: Int32Array): Proportion {
  let hits = 0
  for (let i = 0; i < labels.length; i++) if (labels[i] === predicted[i]) hits++
  return wilsonInterval(hits, labels.length)
}

/** The accuracy that is surpassed with 95 % confidence, by `hits` of `total` (one side of Wilson's interval). */
export function lowestAccuracy(hits: number, total: number): number {
  return wilsonInterval(hits, total, ONE_SIDED).low
}
