const PI2 = Math.PI ** 2
const PI4 = PI2 ** 2
const PI6 = PI2 ** 3
/** Below this all terms are nothing. */
const LEAST = 0.0417

/**
 * Probability that the empirical distribution of n values is nowhere farther than x from the true
 * one, to the third order in 1/√n (Pelz and Good, 1976).
 */
export function pelzGoodCdf(n: number, x: number): number {
  const z = Math.sqrt(n) * x
  if (z < LEAST) return 0
  const [odd, even] = [oddSums(z), evenSums(z)]
  const c = Math.sqrt(2 * Math.PI)
  const orders = [
    (c / z) * odd[0],
    (c / (6 * z ** 4)) * odd[1],
    (c / (72 * z ** 7)) * odd[2] - ((c * PI2) / (36 * z ** 3)) * even[0],
    (c / (6480 * z ** 10)) * odd[3] + ((c * PI2) / (216 * z ** 6)) * even[1],
  ]
  const sum = orders.reduce((total, order, power) => total + order / n ** (power / 2), 0)
  return Math.min(1, Math.max(0, sum))
}

const termsOf = (z: number) => Math.ceil((16 * z) / Math.PI)

/** The sums over odd m of each order's polynomial times e^(−π²m²/8z²). */
function oddSums(z: number): [number, number, number, number] {
  const [z2, z4, z6, z8] = [z ** 2, z ** 4, z ** 6, z ** 8]
  const sums: [number, number, number, number] = [0, 0, 0, 0]
  for (let k = termsOf(z); k >= 0; k--) {
    const m2 = (2 * k + 1) ** 2
    const q = Math.exp((-PI2 * m2) / (8 * z2))
    const [a, b, c] = [(PI2 * m2) / 4, (PI4 * m2 ** 2) / 16, (PI6 * m2 ** 3) / 64]
    sums[0] += q
    sums[1] += (a - z2) * q
    sums[2] += (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * a + (1 - 2 * z2) * b) * q
    const third = -30 * z6 - 90 * z8 + (135 * z4 - 96 * z6) * a
    sums[3] += (third + (212 * z4 - 60 * z2) * b + (5 - 30 * z2) * c) * q
  }
  return sums
}

/** Those over whole k, times e^(−π²k²/2z²). */
function evenSums(z: number): [number, number] {
  const sums: [number, number] = [0, 0]
  for (let k = termsOf(z); k >= 1; k--) {
    const k2 = k * k
    const q = Math.exp((-PI2 * k2) / (2 * z * z))
    sums[0] += k2 * q
    sums[1] += (3 * z * z - PI2 * k2) * k2 * q
  }
  return sums
}
