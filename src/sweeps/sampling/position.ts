import { betaCdf, normalCdf } from '../../statistics/index.ts'
import type {
  Distribution,
  DistributionName,
  Distributions,
  ParameterValue,
} from '../definition/distribution.ts'
import { canonicalText } from './trial-params.ts'

type Numeric = Exclude<DistributionName, 'constant' | 'categorical' | 'categorical_w_probabilities'>
type Position<Name extends Numeric> = (d: Distributions[Name], value: number) => number

const POSITIONS: { readonly [Name in Numeric]: Position<Name> } = {
  int_uniform: ({ min, max }, value) => share(min, max + 1, Math.floor(value) + 1),
  uniform: ({ min, max }, value) => share(min, max, value),
  q_uniform: ({ min, max }, value) => share(min, max, value),
  log_uniform: ({ min, max }, value) => share(min, max, Math.log(value)),
  q_log_uniform: ({ min, max }, value) => share(min, max, Math.log(value)),
  inv_log_uniform: ({ min, max }, value) => 1 - share(min, max, -Math.log(value)),
  log_uniform_values: ({ min, max }, value) => logShare(min, max, value),
  q_log_uniform_values: ({ min, max }, value) => logShare(min, max, value),
  inv_log_uniform_values: ({ min, max }, value) =>
    1 - share(-Math.log(max), -Math.log(min), -Math.log(value)),
  normal: ({ mu, sigma }, value) => normalCdf((value - mu) / sigma),
  q_normal: ({ mu, sigma }, value) => normalCdf((value - mu) / sigma),
  log_normal: logNormalCdf,
  q_log_normal: logNormalCdf,
  beta: ({ a, b }, value) => betaCdf(value, a, b),
  q_beta: ({ a, b }, value) => betaCdf(value, a, b),
}

/**
 * The share of a distribution's probability at or below a value: where the value lies on a scale from
 * 0 to 1. NaN for what is no value of it.
 */
export function positionOf(distribution: Distribution, value: ParameterValue | undefined): number {
  const { type } = distribution
  if (type === 'constant') return 0
  if (type === 'categorical' || type === 'categorical_w_probabilities') {
    const key = canonicalText(value)
    const index = distribution.values.findIndex((candidate) => canonicalText(candidate) === key)
    if (index < 0) return NaN
    if (type === 'categorical') return (index + 1) / distribution.values.length
    return distribution.probabilities.slice(0, index + 1).reduce((a, b) => a + b, 0)
  }
  if (typeof value !== 'number') return NaN
  const position = POSITIONS[type] as (d: Distribution, value: number) => number
  return position(distribution, value)
}

const share = (min: number, max: number, value: number) =>
  Math.min(1, Math.max(0, (value - min) / (max - min)))

const logShare = (min: number, max: number, value: number) =>
  share(Math.log(min), Math.log(max), Math.log(value))

function logNormalCdf({ mu, sigma }: Distributions['log_normal'], value: number): number {
  return value <= 0 ? 0 : normalCdf((Math.log(value) - mu) / sigma)
}
