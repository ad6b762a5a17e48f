/** −ln of the probability that √n times the largest gap is above λ, in the limit of many rows. */
export function kolmogorovScore(lambda: number): number {
  if (lambda < 0.2) return 0
  if (lambda < 0.7) return Math.max(0, -Math.log(alternatingSum(lambda)))
  // the first term of the sum stays as a logarithm, so that no p-value is too small
  let rest = 0
  for (let k = 2; k < 10; k++) {
    const term = Math.exp(-2 * (k * k - 1) * lambda ** 2)
    rest += k % 2 === 1 ? term : -term
  }
  return 2 * lambda ** 2 - Math.LN2 - Math.log1p(rest)
}

/** The λ that has this score. */
export function kolmogorovLambda(score: number): number {
  let [low, high] = [0, 2 + Math.sqrt(score)]
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2
    if (kolmogorovScore(middle) < score) low = middle
    else high = middle
  }
  return high
}

/** √n with Stephens' correction, by which the limit serves windows of a few rows. */
export function effectiveRoot(n1: number, n2: number): number {
  const root = Math.sqrt((n1 * n2) / (n1 + n2))
  return root + 0.12 + 0.11 / root
}

function alternatingSum(lambda: number): number {
  let sum = 0
  for (let k = 1; k < 50; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * lambda) ** 2)
  return Math.min(1, sum)
}
