import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/index.ts'
import { createLatencyHistogram } from './latency-histogram.ts'

const SHARES = [0.01, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999]
const random = createRandom(1, 'load')
const draw = (count: number, one: () => number) => Array.from({ length: count }, one)
const samples = {
  'a service at ease': draw(20_000, () => 2 * Math.exp(0.5 * random.normal())),
  'microseconds to minutes': draw(20_000, () => 10 ** (7 * random.uniform() - 1.5)),
  'a stall among fast answers': [
    ...draw(5000, () => 1 + random.uniform()),
    ...draw(60, () => 30_000),
  ],
  'one answer': [12.3456],
  'answers of less than a microsecond': [0, 0.0001, 0.0004],
}

function exactQuantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * values.length) - 1)]!
}

function histogramOf(values: readonly number[]) {
  const histogram = createLatencyHistogram()
  for (const value of values) histogram.add(value)
  return histogram
}

describe('createLatencyHistogram', () => {
  it.each(Object.entries(samples))('knows the quantiles of %s to 0.4 %%', (_, values) => {
    const histogram = histogramOf(values)
    for (const share of SHARES) {
      const exact = exactQuantile(values, share)
      const error = Math.abs(histogram.quantile(share) - exact)
      // what is below a microsecond is rounded to one
      expect(error, `${share} of ${exact}`).toBeLessThanOrEqual(0.004 * exact + 0.0005)
    }
  })

  it('knows count, mean and extremes exactly', () => {
    const values = samples['microseconds to minutes']
    const histogram = histogramOf(values)
    expect(histogram.count).toBe(values.length)
    expect(histogram.mean).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 6)
    expect(histogram.min).toBe(Math.min(...values))
    expect(histogram.max).toBe(Math.max(...values))
    expect(histogram.quantile(1)).toBe(Math.max(...values))
  })

  it('adds up to what one histogram of all would be', () => {
    const [a, b] = [samples['a service at ease'], samples['a stall among fast answers']]
    const sum = histogramOf(a)
    sum.addAll(histogramOf(b))
    sum.addAll(createLatencyHistogram())
    const both = histogramOf([...a, ...b])
    expect(sum.buckets).toEqual(both.buckets)
    expect([sum.count, sum.min, sum.max]).toEqual([both.count, both.min, both.max])
    expect(sum.mean).toBeCloseTo(both.mean, 9)
  })

  it('is empty at first and when cleared, and says NaN', () => {
    const histogram = histogramOf([1, 2])
    histogram.clear()
    expect(histogram.count).toBe(0)
    for (const value of [histogram.min, histogram.max, histogram.mean, histogram.quantile(0.5)]) {
      expect(value).toBeNaN()
    }
    histogram.add(3)
    expect(histogram.quantile(0.5)).toBe(3)
  })

  it('takes what is longer than it can tell as its longest', () => {
    const histogram = histogramOf([1, 1, 1e10, 1e10])
    expect(histogram.quantile(0.75)).toBeGreaterThan(2_000_000)
    expect(histogram.max).toBe(1e10)
  })
})
