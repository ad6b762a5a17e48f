import type { Config } from '../contracts/index.ts'
import { add, div, mul, scalar, sqrt, sub, type Value } from '../graph/index.ts'

type OptimizerConfig = Config['optimizer']

/** Numbers that change at every step and are fed to the graph, by input name. */
export type StepScalars = Readonly<Record<string, number>>

interface Update {
  readonly parameter: Value
  readonly slots: readonly Value[]
}

/**
 * An update rule as graph: the slots are tensors shaped like the parameter that it carries from step
 * to step, starting at zero. `scalars` computes what it wants fed at step t = 1, 2, …
 */
export interface Optimizer {
  readonly slots: readonly string[]
  readonly scalarNames: readonly string[]
  scalars(step: number, learningRate: number): StepScalars
  update(
    parameter: Value,
    gradient: Value,
    slots: readonly Value[],
    scalars: Readonly<Record<string, Value>>,
    decays: boolean,
  ): Update
}

type OptimizerFactory = (config: OptimizerConfig) => Optimizer

const factories: { readonly [N in OptimizerConfig['name']]: OptimizerFactory } = {
  sgd,
  adam: (config) => adaptive(config, false),
  adamw: (config) => adaptive(config, true),
}

export function createOptimizer(config: OptimizerConfig): Optimizer {
  return factories[config.name](config)
}

/** PyTorch's SGD: b ← μ b + g; p ← p − lr (g + μ b) with Nesterov, p − lr b without. */
function sgd(config: OptimizerConfig): Optimizer {
  const { momentum, nesterov, weight_decay } = config
  const carries = momentum > 0
  return {
    slots: carries ? ['momentum'] : [],
    scalarNames: ['learning_rate'],
    scalars: (_, learningRate) => ({ learning_rate: learningRate }),
    update: (parameter, gradient, [buffer], { learning_rate }, decays) => {
      const total = withPenalty(parameter, gradient, decays ? weight_decay : 0)
      if (!carries) return { parameter: sub(parameter, mul(total, learning_rate!)), slots: [] }
      const next = add(mul(buffer!, scalar(momentum)), total)
      const direction = nesterov ? add(total, mul(next, scalar(momentum))) : next
      return { parameter: sub(parameter, mul(direction, learning_rate!)), slots: [next] }
    },
  }
}

/**
 * Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019) as PyTorch computes them. The slots
 * hold m / (1 − β₁) and v / (1 − β₂), which saves two passes over every parameter; the bias
 * corrections and those factors are folded into the two scalars `step_size` and `epsilon`.
 */
function adaptive(config: OptimizerConfig, decoupled: boolean): Optimizer {
  const { beta1, beta2, eps, weight_decay } = config
  const decoupledDecay = decoupled && weight_decay > 0
  return {
    slots: ['first_moment', 'second_moment'],
    scalarNames: ['step_size', 'epsilon', ...(decoupledDecay ? ['shrink'] : [])],
    scalars: (step, learningRate) => {
      const rootOfSecond = Math.sqrt((1 - beta2 ** step) / (1 - beta2))
      const first = (1 - beta1) / (1 - beta1 ** step)
      return {
        step_size: learningRate * first * rootOfSecond,
        epsilon: eps * rootOfSecond,
        ...(decoupledDecay ? { shrink: 1 - learningRate * weight_decay } : {}),
      }
    },
    update: (parameter, gradient, [m, v], { step_size, epsilon, shrink }, decays) => {
      const total = withPenalty(parameter, gradient, decays && !decoupled ? weight_decay : 0)
      const kept = decays && decoupledDecay ? mul(parameter, shrink!) : parameter
      const nextM = add(mul(m!, scalar(beta1)), total)
      const nextV = add(mul(v!, scalar(beta2)), mul(total, total))
      const change = mul(div(nextM, add(sqrt(nextV), epsilon!)), step_size!)
      return { parameter: sub(kept, change), slots: [nextM, nextV] }
    },
  }
}

/** The gradient of the loss plus L2 penalty. */
function withPenalty(parameter: Value, gradient: Value, weightDecay: number): Value {
  return weightDecay === 0 ? gradient : add(gradient, mul(parameter, scalar(weightDecay)))
}
