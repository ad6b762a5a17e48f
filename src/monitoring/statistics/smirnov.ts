import { stirlingError } from '../../statistics/index.ts'

/** From so many rows on, the limit is as good as the sum. */
const LARGE = 1e6

/** Probability that an empirical distribution of n values exceeds the true one by more than x somewhere, 0 < x < 1. */
export function smirnovTail(n: number, x: number): number {
  if (n > LARGE) return Math.exp(-((6 * n * x + 1) ** 2) / (18 * n))
  let sum = (1 - x) ** n / x
  for (let v = 1; v < n * (1 - x); v++) sum += Math.exp(logTerm(n, x, v))
  return Math.min(1, x * sum)
}

/**
 * ln of C(n, v)·(x + v/n)^(v−1)·(1 − x − v/n)^(n−v). The powers are written beside those that the
 * binomial coefficient has by Stirling's formula, so that what is added up is small.
 */
function logTerm(n: number, x: number, v: number): number {
  const rest = n - v
  const errors = stirlingError(n) - stirlingError(v) - stirlingError(rest)
  const roots = 0.5 * Math.log(n / (2 * Math.PI * v * rest))
  const powers = v * Math.log1p((n * x) / v) + rest * Math.log1p((-n * x) / rest)
  return errors + roots + powers - Math.log(x + v / n)
}
