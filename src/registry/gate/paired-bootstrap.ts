import type { DifferenceInterval } from '../../contracts/index.ts'
import type { Random } from '../../core/index.ts'

interface BootstrapOptions {
  readonly samples: number
  /** 0.95 for an interval that misses the true difference in 5 of 100 cases. */
  readonly level: number
  readonly random: Pick<Random, 'integer'>
}

/**
 * Interval of the mean of differences, [N]: what the middle share `level` of the means of resamples
 * spans (Efron's percentile interval). Images are drawn, each with both answers, so that what both
 * models find hard does not count as noise.
 */
export function pairedBootstrap(
  differences: Int8Array,
  { samples, level, random }: BootstrapOptions,
): DifferenceInterval {
  const size = differences.length
  const means = new Float64Array(samples)
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0
    for (let i = 0; i < size; i++) sum += differences[random.integer(size)]!
    means[sample] = sum / size
  }
  means.sort()
  const value = differences.reduce((sum, difference) => sum + difference, 0) / size
  const low = quantile(means, (1 - level) / 2)
  return { value, low, high: quantile(means, (1 + level) / 2), level }
}

/** Of sorted values; between two of them in proportion, as NumPy's default. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return below + (above - below) * (at - Math.floor(at))
}
