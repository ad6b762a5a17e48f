const SQRT_PI = Math.sqrt(Math.PI)
/** From here on the continued fraction of erfc is the faster of the two, and exact. */
const SERIES_END = 2
const TERMS = 200

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / (Math.SQRT2 * SQRT_PI)
}

/** Probability that a standard normal value is at most x; relative error about 1e-14. */
export function normalCdf(x: number): number {
  const half = 0.5 * erfcOf(Math.abs(x) / Math.SQRT2)
  return x < 0 ? half : 1 - half
}

/** The value that a share p in (0, 1) of a standard normal lies below; ∓Infinity for 0 and 1. */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0
  return p < 0.5 ? lowerQuantile(p) : -lowerQuantile(1 - p)
}

/** Newton's method on the logarithm of the tail, which is nearly a parabola. */
function lowerQuantile(p: number): number {
  if (!(p > 0)) return p === 0 ? -Infinity : NaN
  const target = Math.log(p)
  // where the tail would be its leading factor alone
  let x = -Math.sqrt(Math.max(0.25, -2 * target - Math.log(2 * Math.PI * Math.max(1, -2 * target))))
  for (let i = 0; i < 50; i++) {
    const tail = 0.5 * erfcOf(-x / Math.SQRT2)
    const step = ((Math.log(tail) - target) * tail) / normalDensity(x)
    x = Math.min(x - step, 0)
    if (Math.abs(step) <= 1e-15 * Math.abs(x)) break
  }
  return x
}

/** 1 − erf(x) for x ≥ 0. */
function erfcOf(x: number): number {
  return x < SERIES_END ? 1 - erfSeries(x) : erfcFraction(x)
}

/** erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): all terms positive, so none cancel. */
function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; n < TERMS && term > 1e-17 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / SQRT_PI) * Math.exp(-x * x) * sum
}

/** erfc(x) = e^(−x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))), from the inside out. */
function erfcFraction(x: number): number {
  let fraction = x
  for (let n = TERMS; n > 0; n--) fraction = x + n / 2 / fraction
  return Math.exp(-x * x) / (SQRT_PI * fraction)
}
