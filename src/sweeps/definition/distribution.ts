/** A value of a parameter: what YAML can say. */
export type ParameterValue =
  | null
  | boolean
  | number
  | string
  | readonly ParameterValue[]
  | { readonly [key: string]: ParameterValue }

interface Range {
  readonly min: number
  readonly max: number
}
interface Quantized {
  readonly q: number
}
interface Location {
  readonly mu: number
  readonly sigma: number
}
interface Shape {
  readonly a: number
  readonly b: number
}

/** How values of a parameter are spread, by the names of sweep files. */
export interface Distributions {
  constant: { readonly value: ParameterValue }
  categorical: { readonly values: readonly ParameterValue[] }
  categorical_w_probabilities: {
    readonly values: readonly ParameterValue[]
    /** Of each value; they add up to 1. */
    readonly probabilities: readonly number[]
  }
  int_uniform: Range
  uniform: Range
  q_uniform: Range & Quantized
  /** Bounds are natural logarithms of values. */
  log_uniform: Range
  q_log_uniform: Range & Quantized
  /** Bounds are natural logarithms of 1/value. */
  inv_log_uniform: Range
  log_uniform_values: Range
  q_log_uniform_values: Range & Quantized
  inv_log_uniform_values: Range
  normal: Location
  q_normal: Location & Quantized
  log_normal: Location
  q_log_normal: Location & Quantized
  beta: Shape
  q_beta: Shape & Quantized
}

export type DistributionName = keyof Distributions

export type Distribution = {
  [Name in DistributionName]: { readonly type: Name } & Distributions[Name]
}[DistributionName]
