import type { ConfigNode } from '../../config/index.ts'
import { parseDistribution } from './parse-distribution.ts'
import type { SweepParameter } from './sweep-file.ts'
import { entriesOf, joined, sweepProblem } from './sweep-problem.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/

/** The parameters under `node`, nested ones without their nest, sorted level by level. */
export function parseParameters(node: ConfigNode): SweepParameter[] {
  return parametersOf(node, 'parameters', [])
}

function parametersOf(node: ConfigNode, key: string, nest: readonly string[]): SweepParameter[] {
  const entries = [...entriesOf(node, key)].sort(([a], [b]) => byCodePoint(a, b))
  if (entries.length === 0) throw sweepProblem(node, key, 'holds no parameter')
  return entries.flatMap(([name, child]) => {
    const place = joined(key, name)
    if (!NAME.test(name)) {
      const hint = 'Letters, digits, _, . and -; not a digit, . or - first.'
      throw sweepProblem(child, place, 'is not a name that a parameter may have', hint)
    }
    const path = [...nest, name]
    const inner = child.kind === 'map' ? child.entries.get('parameters') : undefined
    if (inner === undefined) {
      const { origin } = child
      const line = origin.kind === 'file' ? origin.line : 1
      return [{ path, distribution: parseDistribution(child, place), line }]
    }
    entriesOf(child, place, ['parameters'])
    return parametersOf(inner, joined(place, 'parameters'), path)
  })
}

/** Python's order of strings. Names are ASCII, where it is JavaScript's too. */
const byCodePoint = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
