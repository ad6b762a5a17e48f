const ORDER = 0.25
/** e^(−x·cosh s) is nothing beyond. */
const NOTHING = 745

/** The modified Bessel function K of order 1/4, for x > 0, times eˣ. */
export function scaledBesselQuarter(x: number): number {
  const step = Math.min(0.05, 0.15 / Math.sqrt(x))
  let sum = 0.5
  for (let i = 1; ; i++) {
    const s = i * step
    const exponent = x * (Math.cosh(s) - 1)
    if (exponent > NOTHING) return sum * step
    sum += Math.exp(-exponent) * Math.cosh(ORDER * s)
  }
}
