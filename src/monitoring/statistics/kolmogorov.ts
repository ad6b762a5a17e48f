import { logGamma } from '../../statistics/index.ts'
import { durbinCdf } from './durbin.ts'
import { pelzGoodCdf } from './pelz-good.ts'
import { smirnovTail } from './smirnov.ts'

const FEW = 140
const MOST_EXACT = 1e5

/**
 * Probability that the empirical distribution of n values is somewhere farther than x from the true
 * one. Which method serves where is Simard and L'Ecuyer's choice (2011), as in SciPy: one of them is an
 * approximation, and a better one would give other digits.
 */
export function kolmogorovTail(n: number, x: number): number {
  const t = n * x
  const y = t * x
  if (x >= 1) return 0
  if (t <= 0.5) return 1
  if (t <= 1) return 1 - Math.exp(logGamma(n + 1) + n * Math.log((2 * t - 1) / n))
  if (t >= n - 1) return 2 * (1 - x) ** n
  if (x >= 0.5) return 2 * smirnovTail(n, x)
  if (n <= FEW) return y <= 4 ? 1 - durbinCdf(n, x) : 2 * smirnovTail(n, x)
  if (y >= 370) return 0
  if (y >= 2.2) return 2 * smirnovTail(n, x)
  const isExact = n <= MOST_EXACT && n * x ** 1.5 <= 1.4
  return 1 - (isExact ? durbinCdf(n, x) : pelzGoodCdf(n, x))
}
