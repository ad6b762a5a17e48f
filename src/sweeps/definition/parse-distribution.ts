import { z } from 'zod'
import type { ConfigNode } from '../../config/index.ts'
import { nearestName } from '../../core/index.ts'
import type { Distribution, DistributionName, ParameterValue } from './distribution.ts'
import { type Entries, entriesOf, joined, readValue, sweepProblem } from './sweep-problem.ts'

const finite = z.number('a number')
const positive = finite.positive('a number above 0')
const whole = z.int('a whole number')
// any YAML value; what is in a list or map is taken as it is
const anyValue = z.unknown() as z.ZodType<ParameterValue>
const anyValues = z.array(anyValue, 'a list').min(1, 'a list of at least one value')
const weights = z.array(finite.min(0, 'a number of at least 0'), 'a list of numbers')

type Key = 'value' | 'values' | 'probabilities' | 'min' | 'max' | 'q' | 'mu' | 'sigma' | 'a' | 'b'
type Keys = Readonly<Partial<Record<Key, z.ZodType>>>

const range = { min: finite, max: finite }
const valueRange = { min: positive, max: positive }
const location = { mu: finite.default(0), sigma: positive.default(1) }
const shape = { a: positive.default(1), b: positive.default(1) }
const quantum = { q: positive.default(1) }

/** The keys of each distribution beside `distribution` itself. */
const KEYS: Readonly<Record<DistributionName, Keys>> = {
  constant: { value: anyValue },
  categorical: { values: anyValues },
  categorical_w_probabilities: { values: anyValues, probabilities: weights },
  int_uniform: { min: whole, max: whole },
  uniform: range,
  q_uniform: { ...range, ...quantum },
  log_uniform: range,
  q_log_uniform: { ...range, ...quantum },
  inv_log_uniform: range,
  log_uniform_values: valueRange,
  q_log_uniform_values: { ...valueRange, ...quantum },
  inv_log_uniform_values: valueRange,
  normal: location,
  q_normal: { ...location, ...quantum },
  log_normal: location,
  q_log_normal: { ...location, ...quantum },
  beta: shape,
  q_beta: { ...shape, ...quantum },
}
const ALL_KEYS = [...new Set(Object.values(KEYS).flatMap((keys) => Object.keys(keys)))]

/** The distribution of one parameter, said or implied by its keys. `key` is its place in the file. */
export function parseDistribution(node: ConfigNode, key: string): Distribution {
  const entries = entriesOf(node, key, ['distribution', ...ALL_KEYS])
  const type = nameOf(node, entries, key)
  const keys = KEYS[type]
  for (const [name, child] of entries) {
    if (name === 'distribution' || name in keys) continue
    const known = Object.keys(keys).join(', ')
    throw sweepProblem(
      child,
      joined(key, name),
      `does not go with ${type}, which has: ${known}`,
      remedy(type, name),
    )
  }
  const values = Object.entries(keys).map(([name, schema]) => {
    const child = entries.get(name)
    if (child !== undefined) return [name, readValue(child, joined(key, name), schema)]
    const fallback = schema.safeParse(undefined)
    if (name !== 'value' && fallback.success) return [name, fallback.data]
    throw sweepProblem(node, key, `is ${type} and needs '${name}'`)
  })
  const distribution = { type, ...Object.fromEntries(values) } as Distribution
  checkTogether(node, distribution, key)
  return distribution
}

function remedy(type: DistributionName, name: string): string | undefined {
  if (type === 'categorical' && name === 'probabilities') {
    return 'Leave `distribution` out, or write categorical_w_probabilities.'
  }
  return undefined
}

function nameOf(node: ConfigNode, entries: Entries, key: string): DistributionName {
  const said = entries.get('distribution')
  if (said === undefined) return impliedBy(node, entries, key)
  const names = Object.keys(KEYS)
  const name = said.kind === 'scalar' ? String(said.value) : ''
  if (names.includes(name)) return name as DistributionName
  const nearest = nearestName(name, names)
  throw sweepProblem(
    said,
    joined(key, 'distribution'),
    `is '${name}', which is not a distribution`,
    nearest ? `Did you mean '${nearest}'?` : `There are: ${names.join(', ')}.`,
  )
}

function impliedBy(node: ConfigNode, entries: Entries, key: string): DistributionName {
  if (entries.has('value')) return 'constant'
  if (entries.has('values')) {
    return entries.has('probabilities') ? 'categorical_w_probabilities' : 'categorical'
  }
  const bounds = [entries.get('min'), entries.get('max')]
  if (bounds[0] === undefined || bounds[1] === undefined) {
    const problem = "needs 'value', 'values', 'min' and 'max', 'parameters', or 'distribution'"
    throw sweepProblem(node, key, problem)
  }
  const isInteger = (bound?: ConfigNode) => bound?.kind === 'scalar' && bound.type === 'int'
  return bounds.every(isInteger) ? 'int_uniform' : 'uniform'
}

function checkTogether(node: ConfigNode, distribution: Distribution, key: string): void {
  if ('min' in distribution && distribution.min >= distribution.max) {
    const { min, max } = distribution
    throw sweepProblem(node, key, `has a min of ${min}, which is not less than its max of ${max}`)
  }
  if (distribution.type !== 'categorical_w_probabilities') return
  const { values, probabilities } = distribution
  if (values.length !== probabilities.length) {
    const counts = `${values.length} values and ${probabilities.length} probabilities`
    throw sweepProblem(node, key, `has ${counts}`)
  }
  const sum = probabilities.reduce((a, b) => a + b, 0)
  // what numpy's isclose lets through
  if (Math.abs(sum - 1) > 1e-8 + 1e-5) {
    throw sweepProblem(node, key, `has probabilities that add up to ${sum}, not to 1`)
  }
}
