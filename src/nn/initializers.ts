import type { Random } from '../core/index.ts'

/** Fills the first values of a parameter. */
export type Initializer = (values: Float32Array, random: Random) => void

export const constantOf =
  (value: number): Initializer =>
  (values) => {
    values.fill(value)
  }

/** U(−1/√fanIn, 1/√fanIn): what PyTorch's Linear and Conv2d start from, weight and bias alike. */
export const uniformByFanIn =
  (fanIn: number): Initializer =>
  (values, random) => {
    const bound = 1 / Math.sqrt(fanIn)
    for (let i = 0; i < values.length; i++) values[i] = (2 * random.uniform() - 1) * bound
  }
