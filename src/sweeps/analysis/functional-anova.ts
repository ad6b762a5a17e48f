import type { Leaf, Tree } from './random-forest.ts'

/**
 * For each axis, the share of a forest's variance over the unit cube that goes back to that axis alone
 * (Hutter, Hoos and Leyton-Brown, "An efficient approach for assessing hyperparameter importance", ICML
 * 2014), averaged over the trees. What is missing to 1 are interactions. Zeros for a constant forest.
 */
export function mainEffects(forest: readonly Tree[], width: number): number[] {
  const varied = forest
    .map((tree) => ({ tree, mean: meanOf(tree) }))
    .map(({ tree, mean }) => ({ tree, mean, variance: varianceOf(tree, mean) }))
    .filter(({ variance }) => variance > 0)
  return Array.from({ length: width }, (_, axis) => {
    const shares = varied.map(
      ({ tree, mean, variance }) => marginalVariance(tree, axis, mean) / variance,
    )
    return shares.length === 0 ? 0 : shares.reduce((a, b) => a + b, 0) / shares.length
  })
}

const meanOf = (tree: Tree) => tree.reduce((sum, leaf) => sum + volumeOf(leaf) * leaf.value, 0)

const varianceOf = (tree: Tree, mean: number) =>
  tree.reduce((sum, leaf) => sum + volumeOf(leaf) * (leaf.value - mean) ** 2, 0)

const volumeOf = ({ low, high }: Leaf) =>
  low.reduce((product, from, axis) => product * (high[axis]! - from), 1)

/** The variance, along one axis, of the mean over all others: it is constant between the tree's cuts. */
function marginalVariance(tree: Tree, axis: number, mean: number): number {
  const cuts = [...new Set(tree.flatMap(({ low, high }) => [low[axis]!, high[axis]!]))]
  cuts.sort((a, b) => a - b)
  const marginal = new Float64Array(cuts.length)
  const place = new Map(cuts.map((cut, index) => [cut, index]))
  for (const leaf of tree) {
    const [from, to] = [leaf.low[axis]!, leaf.high[axis]!]
    const weight = (volumeOf(leaf) / (to - from)) * leaf.value
    for (let i = place.get(from)!; i < place.get(to)!; i++) marginal[i]! += weight
  }
  return cuts
    .slice(1)
    .reduce((sum, cut, i) => sum + (cut - cuts[i]!) * (marginal[i]! - mean) ** 2, 0)
}
