import { AtelierError } from '../../core/index.ts'
import { logGamma } from '../../statistics/index.ts'
import { scaledBesselQuarter } from './bessel.ts'
import { greatestDivisor } from './greatest-divisor.ts'
import { type NumericSample, pooledSteps } from './sample.ts'

/** With no more than so many rows on each side, all orderings are counted. */
const MOST_EXACT = 20
/** Below this statistic of the limit, p is 1. */
const LEAST = 0.003
/** The series ends after the first term below this: SciPy's digits depend on it. */
const LAST_TERM = 1e-7

/** p-value of the two-sample Cramér-von Mises test. */
export function cramerVonMises(reference: NumericSample, current: NumericSample): number {
  const [n1, n2] = [reference.sorted.length, current.sorted.length]
  if (Math.min(n1, n2) < 2) {
    throw new AtelierError(
      'DRIFT_INPUT',
      `cramer_von_mises got ${n1} reference and ${n2} current rows, wanted two or more of each.`,
    )
  }
  const u = rankStatistic(reference, current)
  if (Math.max(n1, n2) <= MOST_EXACT) return orderingsTail(u, n1, n2)
  const [k, n] = [n1 * n2, n1 + n2]
  const t = u / (k * n) - (4 * k - 1) / (6 * n)
  const expected = (1 + 1 / n) / 6
  const variance = ((n + 1) * (4 * k * n - 3 * (n1 ** 2 + n2 ** 2) - 2 * k)) / (45 * n ** 2 * 4 * k)
  const normal = 1 / 6 + (t - expected) / Math.sqrt(45 * variance)
  return normal < LEAST ? 1 : Math.max(0, 1 - limitCdf(normal))
}

/** n1·Σ(rank − i)² + n2·Σ(rank − j)², ranks in the pool, those of equal values their mean. */
function rankStatistic(reference: NumericSample, current: NumericSample): number {
  const { reference: r, current: c } = pooledSteps(reference, current)
  let [sum1, sum2, before1, before2] = [0, 0, 0, 0]
  for (let j = 0; j < r.length; j++) {
    const rank = (before1 + before2 + r[j]! + c[j]! + 1) / 2
    for (let i = before1 + 1; i <= r[j]!; i++) sum1 += (rank - i) ** 2
    for (let i = before2 + 1; i <= c[j]!; i++) sum2 += (rank - i) ** 2
    ;[before1, before2] = [r[j]!, c[j]!]
  }
  return reference.sorted.length * sum1 + current.sorted.length * sum2
}

/** The distribution of the one-sample statistic for many rows (Csörgő and Faraway, 1996). */
function limitCdf(x: number): number {
  let sum = 0
  for (let j = 0; ; j++) {
    const y = 4 * j + 1
    const q = y ** 2 / (16 * x)
    const gammas = Math.exp(logGamma(j + 0.5) - logGamma(j + 1))
    const factor = (gammas * Math.sqrt(y)) / (Math.PI ** 1.5 * Math.sqrt(x))
    const term = factor * Math.exp(-2 * q) * scaledBesselQuarter(q)
    sum += term
    if (Math.abs(term) < LAST_TERM) return sum
  }
}

/** The share of orderings whose statistic is as large: lattice paths, counted by their sum of squares. */
function orderingsTail(u: number, n1: number, n2: number): number {
  const common = (n1 * n2) / greatestDivisor(n1, n2)
  const [a, b] = [common / n1, common / n2]
  const k = n1 * n2
  const limit = Math.floor((common ** 2 * (n1 + n2) * (6 * u - k * (4 * k - 1))) / (6 * k ** 2))
  let columns: Map<number, number>[] = Array.from({ length: n1 + 1 }, () => new Map())
  columns[0]!.set(0, 1)
  for (let j = 0; j <= n2; j++) {
    let left = new Map<number, number>()
    columns = columns.map((below, i) => {
      left = shifted(below, left, (a * i - b * j) ** 2, limit)
      return left
    })
  }
  const paths = columns[n1]!
  const all = [...paths.values()].reduce((sum, count) => sum + count, 0)
  return (paths.get(limit) ?? 0) / all
}

/** Counts by value of both maps together, every value larger by `square`, but no larger than `limit`. */
function shifted(a: Map<number, number>, b: Map<number, number>, square: number, limit: number) {
  const result = new Map<number, number>()
  for (const counts of [a, b]) {
    for (const [value, count] of counts) {
      const sum = Math.min(value + square, limit)
      result.set(sum, (result.get(sum) ?? 0) + count)
    }
  }
  return result
}
