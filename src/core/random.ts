/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3", SC 2011). A draw is a pure function of (seed, stream, step, index), so shuffling,
 * dropout and augmentation resume anywhere without stored state.
 */
const ROUNDS = 10
const MULTIPLIER_0 = 0xd2511f53
const MULTIPLIER_1 = 0xcd9e8d57
const WEYL_0 = 0x9e3779b9
const WEYL_1 = 0xbb67ae85

/** Four uint32 for a 128-bit counter and a 64-bit key, written to `out`. */
export function philox4x32(
  out: Uint32Array,
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): Uint32Array {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0)
    const low0 = Math.imul(MULTIPLIER_0, c0)
    const high1 = multiplyHigh(MULTIPLIER_1, c2)
    const low1 = Math.imul(MULTIPLIER_1, c2)
    c0 = high1 ^ c1 ^ k0
    c1 = low1
    c2 = high0 ^ c3 ^ k1
    c3 = low0
    k0 = (k0 + WEYL_0) | 0
    k1 = (k1 + WEYL_1) | 0
  }
  out[0] = c0
  out[1] = c1
  out[2] = c2
  out[3] = c3
  return out
}

/** The upper 32 bits of the 64-bit product of two uint32. */
function multiplyHigh(a: number, b: number): number {
  const aHigh = a >>> 16
  const aLow = a & 0xffff
  const bHigh = b >>> 16
  const bLow = b & 0xffff
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const carry = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) | 0
}

/** Named uses of randomness, so that no two draw the same numbers. Append only. */
const STREAMS = {
  initialization: 1,
  split: 2,
  shuffle: 3,
  dropout: 4,
  augmentation: 5,
  sketch: 6,
  bootstrap: 7,
  sweep: 8,
  forest: 9,
  load: 12,
  corruption: 10,
  drift: 13,
} as const

export type RandomStream = keyof typeof STREAMS

/** A sequence of draws that starts anew for every (seed, stream, step). */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number
  /** Uniform integer in [0, bound), without modulo bias. */
  integer(bound: number): number
  /** Standard normal (Box-Muller). */
  normal(): number
  uint32(): number
}

export function createRandom(seed: number, stream: RandomStream, step = 0): Random {
  const key = [seed >>> 0, (Math.floor(seed / 2 ** 32) ^ (STREAMS[stream] << 16)) >>> 0] as const
  const block = new Uint32Array(4)
  const stepLow = step >>> 0
  const stepHigh = Math.floor(step / 2 ** 32) >>> 0
  let index = 0
  const uint32 = (): number => {
    const lane = index & 3
    if (lane === 0) philox4x32(block, [index >>> 2, 0, stepLow, stepHigh], key)
    index++
    return block[lane]!
  }
  const uniform = () => uint32() / 2 ** 32
  return {
    uint32,
    uniform,
    integer: (bound) => {
      const limit = 2 ** 32 - (2 ** 32 % bound)
      let draw = uint32()
      while (draw >= limit) draw = uint32()
      return draw % bound
    },
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}

/** A uniformly random order of 0 … length−1 (Fisher-Yates). */
export function permutation(length: number, random: Random): Int32Array<ArrayBuffer> {
  const order = Int32Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const swap = order[i]!
    order[i] = order[j]!
    order[j] = swap
  }
  return order
}
