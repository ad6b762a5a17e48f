/** Bernoulli numbers over 2k(2k − 1): the coefficients of Stirling's series. */
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
]
/** From here on eight terms are exact to the last digit. */
const LARGE = 15

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  let product = 1
  let z = x
  for (; z < LARGE; z++) product *= z
  return stirling(z) - Math.log(product)
}

/** ln of the beta function, for a, b > 0. */
export function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a]
  if (large < LARGE) return logGamma(a) + logGamma(b) - logGamma(a + b)
  // ln Γ(large) − ln Γ(a + b), of which the leading parts would take each other's digits
  const sum = a + b
  const ratio =
    small - small * Math.log(sum) - (large - 0.5) * Math.log1p(small / large) + correction(large)
  return logGamma(small) + ratio - correction(sum)
}

/** ln n! − ln(√(2πn)·(n/e)ⁿ), for whole n ≥ 1. */
export function stirlingError(n: number): number {
  if (n >= LARGE) return correction(n)
  return logGamma(n) - (n - 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI)
}

function stirling(z: number): number {
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + correction(z)
}

/** What Stirling's formula lacks, for large z. */
function correction(z: number): number {
  let power = z
  let sum = 0
  for (const coefficient of STIRLING) {
    sum += coefficient / power
    power *= z * z
  }
  return sum
}
