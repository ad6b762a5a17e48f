/** Inverses of strided slicing: putting entries back where a window or slice took them from. */
import { pad, reshape, slice } from './build.ts'
import type { GraphShape } from './dimensions.ts'
import type { Value } from './value.ts'

export function padAxis(x: Value, axis: number, before: number, after: number): Value {
  const only = (amount: number) => x.shape.map((_, i) => (i === axis ? amount : 0))
  return pad(x, only(before), only(after))
}

/** Puts step − 1 zeros after each entry of an axis but the last. */
export function spreadSteps(x: Value, axis: number, step: number): Value {
  const shape = x.shape
  const size = shape[axis] as number
  const split: GraphShape = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]
  const joined: GraphShape = shape.map((old, i) => (i === axis ? size * step : old))
  const padded = padAxis(reshape(x, split), axis + 1, 0, step - 1)
  return slice(reshape(padded, joined), [{ axis, start: 0, end: (size - 1) * step + 1, step: 1 }])
}
