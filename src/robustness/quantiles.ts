import type { Random } from '../core/index.ts'

/** Random numbers for pixels: whole numbers below 65,536, two from each draw of 32 bits. */
export function halfWords(random: Random): () => number {
  let spare = -1
  return () => {
    if (spare >= 0) {
      const half = spare
      spare = -1
      return half
    }
    const bits = random.uint32()
    spare = bits >>> 16
    return bits & 0xffff
  }
}

export const HALF_WORDS = 65_536

/** Far enough out that less than half a half word lies beyond. */
const WIDEST = 6
const STEP = 1 / 1024

/**
 * The middles of 65,536 equally likely parts of the standard normal distribution: a half word picks
 * one. A table costs a tenth of a logarithm and a cosine, and the same number everywhere.
 */
export function normalQuantiles(): Float32Array {
  const density = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)
  const quantiles = new Float32Array(HALF_WORDS)
  let [z, below, next] = [-WIDEST, 0, 0]
  for (let i = 0; i < HALF_WORDS; i++) {
    const wanted = (i + 0.5) / HALF_WORDS
    while (below + next < wanted) {
      below += next
      z += STEP
      next = density(z + STEP / 2) * STEP
    }
    quantiles[i] = z + (STEP * (wanted - below)) / next
  }
  return quantiles
}

/** Parts of a Poisson distribution that are told apart. */
export const POISSON_PARTS = 4096

/** The middles of equally likely parts of the Poisson distribution with this mean, at most `mean` ≈ 700. */
export function poissonQuantiles(mean: number): Uint16Array {
  const quantiles = new Uint16Array(POISSON_PARTS)
  let [events, probability] = [0, Math.exp(-mean)]
  let below = probability
  for (let i = 0; i < POISSON_PARTS; i++) {
    const wanted = (i + 0.5) / POISSON_PARTS
    while (below < wanted) {
      events++
      probability *= mean / events
      below += probability
    }
    quantiles[i] = events
  }
  return quantiles
}
