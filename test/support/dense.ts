/** A row-major float64 array for the reference evaluator. */
export interface Dense {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export function dense(shape: readonly number[], data?: Float64Array): Dense {
  return { shape, data: data ?? new Float64Array(shape.reduce((n, size) => n * size, 1)) }
}

export function strides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((n, size) => n * size, 1))
}

export function offset(index: readonly number[], step: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < index.length; i++) sum += index[i]! * step[i]!
  return sum
}

export function eachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], position: number) => void,
): void {
  const count = shape.reduce((n, size) => n * size, 1)
  const index = shape.map(() => 0)
  for (let position = 0; position < count; position++) {
    visit(index, position)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++
      if (index[axis]! < shape[axis]!) break
      index[axis] = 0
    }
  }
}
