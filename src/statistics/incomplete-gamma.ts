import { logGamma } from './log-gamma.ts'

const EPSILON = 1e-17
const TINY = 1e-300
const TERMS = 100_000

/** Probability that a χ² value with so many degrees of freedom is above x; NaN for none. */
export function chiSquareTail(x: number, degrees: number): number {
  return degrees > 0 ? gammaTail(degrees / 2, x / 2) : NaN
}

/** Q(a, x) = Γ(a, x) / Γ(a) for a > 0: 1 at x = 0, 0 far out. */
function gammaTail(a: number, x: number): number {
  if (Number.isNaN(x)) return NaN
  if (x <= 0) return 1
  if (x === Infinity) return 0
  const factor = Math.exp(a * Math.log(x) - x - logGamma(a))
  return x < a + 1 ? 1 - factor * lowerSeries(a, x) : factor * upperFraction(a, x)
}

/** Σ xⁿ / (a(a+1)…(a+n)). */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let n = 1; n < TERMS && term > EPSILON * sum; n++) {
    term *= x / (a + n)
    sum += term
  }
  return sum
}

/** 1/(x+1−a − 1(1−a)/(x+3−a − …)), Lentz's method. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1 / TINY
  let d = 1 / b
  let value = d
  for (let n = 1; n < TERMS; n++) {
    const numerator = n * (a - n)
    b += 2
    d = 1 / away(numerator * d + b)
    c = away(b + numerator / c)
    value *= c * d
    if (Math.abs(c * d - 1) < 1e-16) break
  }
  return value
}

/** A denominator must not be nought. */
const away = (value: number) => (Math.abs(value) < TINY ? TINY : value)
