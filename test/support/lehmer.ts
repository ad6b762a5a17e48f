/** `count` numbers in (0, 1): the generator of Park and Miller, as in the scripts of test/golden. */
export function lehmerUniforms(seed: number, count: number): Float64Array {
  let state = seed
  return Float64Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  })
}
