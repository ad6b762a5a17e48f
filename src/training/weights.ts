import { sha256 } from '../core/index.ts'
import type { Weights } from '../nn/index.ts'
import { bytesOf } from '../tensor/index.ts'
import { averageName, type StepGraph } from './step-graph.ts'
import type { State } from './trainer.ts'

/** The tensors a model is made of: parameters, averaged where averages are kept, and statistics. */
export function inferenceWeights(
  state: State,
  { parameters, statistics }: Pick<StepGraph, 'parameters' | 'statistics'>,
): Weights {
  const averaged = parameters.map(
    ({ name }) => [name, state.get(averageName(name)) ?? state.get(name)!] as const,
  )
  const kept = statistics.map(({ name }) => [name, state.get(name)!] as const)
  return new Map([...averaged, ...kept])
}

/** SHA-256 over name, shape and little-endian float32 bytes of each tensor, by name. */
export function weightDigest(weights: Weights): string {
  const sorted = [...weights].sort(([a], [b]) => (a < b ? -1 : 1))
  return sha256(
    ...sorted.flatMap(([name, value]) => [`${name} [${value.shape}]\n`, bytesOf(value)]),
  )
}

/** Whether all numbers are finite. */
export function allFinite(state: State): boolean {
  // a sum is NaN or infinite when a summand is, and is the fastest way to look at each
  for (const { data } of state.values()) {
    let sum = 0
    for (let i = 0; i < data.length; i++) sum += data[i]! * 0
    if (sum !== 0) return false
  }
  return true
}
