import { createRandom } from '../../core/index.ts'

/** A part of the unit cube in which a tree gives one value. */
export interface Leaf {
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly value: number
}

/** A regression tree, as the leaves that fill the unit cube. */
export type Tree = readonly Leaf[]

interface Example {
  readonly point: readonly number[]
  readonly value: number
}

interface Split {
  readonly axis: number
  readonly at: number
}

const TREES = 64

/**
 * A random forest (Breiman 2001) over points of the unit cube: each tree is grown to single values on a
 * bootstrap sample, over all axes.
 */
export function growForest(
  points: readonly (readonly number[])[],
  values: readonly number[],
  seed = 0,
): Tree[] {
  const examples = points.map((point, i) => ({ point, value: values[i]! }))
  return Array.from({ length: TREES }, (_, tree) => {
    const random = createRandom(seed, 'forest', tree)
    const sample = examples.map(() => examples[random.integer(examples.length)]!)
    const width = points[0]?.length ?? 0
    return grow(sample, new Array<number>(width).fill(0), new Array<number>(width).fill(1))
  })
}

function grow(examples: readonly Example[], low: number[], high: number[]): Leaf[] {
  const split = bestSplit(examples, low.length)
  if (split === undefined) return [{ low, high, value: mean(examples) }]
  const { axis, at } = split
  return [
    ...grow(
      examples.filter(({ point }) => point[axis]! <= at),
      low,
      high.with(axis, at),
    ),
    ...grow(
      examples.filter(({ point }) => point[axis]! > at),
      low.with(axis, at),
      high,
    ),
  ]
}

/** The cut that leaves the smallest squares; undefined where nothing is gained by one. */
function bestSplit(examples: readonly Example[], width: number): Split | undefined {
  const total = examples.reduce((sum, { value }) => sum + value, 0)
  const isUniform = examples.every(({ value }) => value === examples[0]!.value)
  if (examples.length < 2 || isUniform) return undefined
  let best: Split | undefined
  let bestGain = -Infinity
  for (let axis = 0; axis < width; axis++) {
    const sorted = examples.toSorted((a, b) => a.point[axis]! - b.point[axis]!)
    let left = 0
    for (let i = 1; i < sorted.length; i++) {
      left += sorted[i - 1]!.value
      const [before, after] = [sorted[i - 1]!.point[axis]!, sorted[i]!.point[axis]!]
      if (before === after) continue
      // the sum of squares between the two sides, but for a constant
      const gain = left ** 2 / i + (total - left) ** 2 / (sorted.length - i)
      if (gain <= bestGain) continue
      bestGain = gain
      best = { axis, at: (before + after) / 2 }
    }
  }
  return best
}

const mean = (examples: readonly Example[]) =>
  examples.reduce((sum, { value }) => sum + value, 0) / examples.length
