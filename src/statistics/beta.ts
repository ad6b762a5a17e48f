import { logBeta } from './log-gamma.ts'

const TINY = 1e-300
const EPSILON = 1e-16

/** Probability that a value of the beta distribution (a, b > 0) is at most x. */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  return Math.exp(logLower(Math.log(x), a, b))
}

/** The value that a share p in [0, 1] of the beta distribution (a, b > 0) lies below. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0
  if (p >= 1) return 1
  // the half in which the value is small is the one that has its digits
  return p <= betaCdf(0.5, a, b) ? lowerQuantile(p, a, b) : 1 - lowerQuantile(1 - p, b, a)
}

/** The quantile where it is at most 1/2: Newton's method on ln I(eᵗ), between bounds. */
function lowerQuantile(p: number, a: number, b: number): number {
  const target = Math.log(p)
  let high = Math.log(0.5)
  let t = Math.min(high, (target + Math.log(a) + logBeta(a, b)) / a)
  let low = t - 1
  while (logLower(low, a, b) > target) low -= 2 * (high - low)
  for (let i = 0; i < 200; i++) {
    const value = logLower(t, a, b)
    if (value > target) high = t
    else low = t
    const x = Math.exp(t)
    // of ln I(eᵗ): x · density / I
    const slope = Math.exp(a * t + (b - 1) * Math.log1p(-x) - logBeta(a, b) - value)
    let next = t - (value - target) / slope
    if (!(next > low && next < high)) next = 0.5 * (low + high)
    const isSettled = Math.abs(next - t) <= 4 * Number.EPSILON * Math.max(1e-3, Math.abs(next))
    t = next
    if (isSettled) break
  }
  return Math.exp(t)
}

/** ln I(a, b; x) for x = eᵗ, which may be smaller than any number. */
function logLower(t: number, a: number, b: number): number {
  const x = Math.exp(t)
  if (x > (a + 1) / (a + b + 2)) {
    const rest = Math.log1p(-x)
    return Math.log1p(-Math.exp(logFraction(rest, b, a)))
  }
  return logFraction(t, a, b)
}

function logFraction(t: number, a: number, b: number): number {
  const x = Math.exp(t)
  const rest = x < 0.5 ? Math.log1p(-x) : Math.log(-Math.expm1(t))
  return a * t + b * rest - Math.log(a) - logBeta(a, b) + Math.log(fractionOf(x, a, b))
}

/** The continued fraction of I(a, b; x) without its leading factor (Lentz's method). */
function fractionOf(x: number, a: number, b: number): number {
  let c = 1
  let d = away(1 - ((a + b) * x) / (a + 1))
  let value = 1 / d
  d = 1 / d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    value *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    value *= d * c
    if (Math.abs(d * c - 1) < EPSILON) break
  }
  return value
}

/** A denominator must not be nought. */
const away = (value: number) => (Math.abs(value) < TINY ? TINY : value)
