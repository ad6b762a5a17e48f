const SIZE = 624
const SHIFT = 397

/** 32-bit draws of the generator MT19937, seeded as NumPy's legacy generator is. */
export function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(SIZE)
  state[0] = seed
  for (let i = 1; i < SIZE; i++) {
    const last = state[i - 1]! ^ (state[i - 1]! >>> 30)
    state[i] = Math.imul(1812433253, last) + i
  }
  let next = SIZE
  return () => {
    if (next === SIZE) {
      advance(state)
      next = 0
    }
    let y = state[next++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }
}

function advance(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const y = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff)
    state[i] = state[(i + SHIFT) % SIZE]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
  }
}

/** Brings `values` into the order that NumPy's legacy `shuffle` would. */
export function shuffleLikeNumpy(values: Int32Array, draw: () => number): void {
  for (let i = values.length - 1; i > 0; i--) {
    const mask = 2 ** (32 - Math.clz32(i)) - 1
    let j = (draw() & mask) >>> 0
    while (j > i) j = (draw() & mask) >>> 0
    const swap = values[i]!
    values[i] = values[j]!
    values[j] = swap
  }
}
