import { expect } from 'vitest'
import { firstDifference } from './allclose.ts'

interface Tolerance {
  readonly absolute?: number
  readonly relative?: number
}

expect.extend({
  toBeAllClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: Tolerance = {}) {
    const difference = firstDifference(actual, expected, tolerance)
    return {
      pass: difference === undefined,
      message: () => difference ?? 'expected the arrays to differ',
    }
  },
})

declare module 'vitest' {
  interface Matchers<T> {
    toBeAllClose(expected: ArrayLike<number>, tolerance?: Tolerance): T
  }
}
