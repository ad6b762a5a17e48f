import { betaQuantile, normalQuantile } from '../../statistics/index.ts'
import type {
  Distribution,
  DistributionName,
  Distributions,
  ParameterValue,
} from '../definition/distribution.ts'

type Quantile<Name extends DistributionName> = (d: Distributions[Name], u: number) => ParameterValue

/** The value of each distribution at a share u of its probability, 0 < u < 1. */
const QUANTILES: { readonly [Name in DistributionName]: Quantile<Name> } = {
  constant: ({ value }) => value,
  categorical: ({ values }, u) => values[steps(u, values.length)]!,
  categorical_w_probabilities: ({ values, probabilities }, u) =>
    values[indexByWeight(probabilities, u)]!,
  int_uniform: ({ min, max }, u) => min + steps(u, max - min + 1),
  uniform: ({ min, max }, u) => between(min, max, u),
  q_uniform: ({ min, max, q }, u) => quantized(between(min, max, u), q),
  log_uniform: ({ min, max }, u) => Math.exp(between(min, max, u)),
  q_log_uniform: ({ min, max, q }, u) => quantized(Math.exp(between(min, max, u)), q),
  inv_log_uniform: ({ min, max }, u) => Math.exp(-between(min, max, 1 - u)),
  log_uniform_values: ({ min, max }, u) => logBetween(min, max, u),
  q_log_uniform_values: ({ min, max, q }, u) => quantized(logBetween(min, max, u), q),
  inv_log_uniform_values: ({ min, max }, u) =>
    Math.exp(-between(-Math.log(max), -Math.log(min), 1 - u)),
  normal: ({ mu, sigma }, u) => mu + sigma * normalQuantile(u),
  q_normal: ({ mu, sigma, q }, u) => quantized(mu + sigma * normalQuantile(u), q),
  log_normal: ({ mu, sigma }, u) => logNormal(mu, sigma, u),
  q_log_normal: ({ mu, sigma, q }, u) => quantized(logNormal(mu, sigma, u), q),
  beta: ({ a, b }, u) => betaQuantile(u, a, b),
  q_beta: ({ a, b, q }, u) => quantized(betaQuantile(u, a, b), q),
}

/** The value at a share u in (0, 1) of a distribution's probability: a draw, for a uniform u. */
export function quantileOf(distribution: Distribution, u: number): ParameterValue {
  // the table has the entry for the very type, which TypeScript cannot follow through the union
  const quantile = QUANTILES[distribution.type] as (d: Distribution, u: number) => ParameterValue
  return quantile(distribution, u)
}

const between = (min: number, max: number, u: number) => u * (max - min) + min

const logBetween = (min: number, max: number, u: number) =>
  Math.exp(between(Math.log(min), Math.log(max), u))

const logNormal = (mu: number, sigma: number, u: number) =>
  Math.exp(mu) * Math.exp(sigma * normalQuantile(u))

/** Which of n equal parts of [0, 1] u is in; a border belongs to the part below it. */
function steps(u: number, n: number): number {
  const step = Math.max(0, Math.ceil(u * n) - 1)
  // the product may have been rounded over a border
  return step > 0 && step / n >= u ? step - 1 : step
}

/** The first whose cumulated weight is above u; of weights that add up to less, the first again. */
function indexByWeight(weights: readonly number[], u: number): number {
  let sum = 0
  const index = weights.findIndex((weight) => {
    sum += weight
    return u < sum
  })
  return Math.max(0, index)
}

const quantized = (value: number, q: number) => roundHalfEven(value / q) * q

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const part = value - floor
  if (part !== 0.5) return part < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}
