import type { Config } from '../contracts/index.ts'
import { add, div, mul, scalar, sqrt, sub, type Value } from '../graph/index.ts'
import { matrixShape, orthogonalize } from './orthogonalize.ts'

type OptimizerConfig = Config['optimizer']

/** Numbers that change at every step and are fed to the graph, by input name. */
export type StepScalars = Readonly<Record<string, number>>

/** A parameter as an update rule sees it. */
export interface Trained {
  readonly value: Value
  readonly shape: readonly number[]
  /** Whether weight decay applies. */
  readonly decays: boolean
  /** A matrix or kernel below the classifier: neither bias nor normalization nor the last layer. */
  readonly hidden: boolean
}

interface Update {
  readonly parameter: Value
  readonly slots: readonly Value[]
}

/**
 * An update rule as graph: the slots are tensors shaped like the parameter that it carries from step
 * to step, starting at zero. `scalars` computes what it wants fed at step t = 1, 2, …
 */
export interface Optimizer {
  slots(parameter: Trained): readonly string[]
  readonly scalarNames: readonly string[]
  scalars(step: number, learningRate: number): StepScalars
  update(
    parameter: Trained,
    gradient: Value,
    slots: readonly Value[],
    scalars: Readonly<Record<string, Value>>,
  ): Update
}

type OptimizerFactory = (config: OptimizerConfig) => Optimizer

const factories: { readonly [N in OptimizerConfig['name']]: OptimizerFactory } = {
  sgd,
  adam: (config) => adaptive(config, false),
  adamw: (config) => adaptive(config, true),
  muon,
}

export function createOptimizer(config: OptimizerConfig): Optimizer {
  return factories[config.name](config)
}

/** PyTorch's SGD: b ← μ b + g; p ← p − lr (g + μ b) with Nesterov, p − lr b without. */
function sgd(config: OptimizerConfig): Optimizer {
  const { momentum, nesterov, weight_decay } = config
  const carries = momentum > 0
  return {
    slots: () => (carries ? ['momentum'] : []),
    scalarNames: ['learning_rate'],
    scalars: (_, learningRate) => ({ learning_rate: learningRate }),
    update: ({ value, decays }, gradient, [buffer], { learning_rate }) => {
      const total = withPenalty(value, gradient, decays ? weight_decay : 0)
      if (!carries) return { parameter: sub(value, mul(total, learning_rate!)), slots: [] }
      const next = add(mul(buffer!, scalar(momentum)), total)
      const direction = nesterov ? add(total, mul(next, scalar(momentum))) : next
      return { parameter: sub(value, mul(direction, learning_rate!)), slots: [next] }
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
    slots: () => ['first_moment', 'second_moment'],
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
    update: ({ value, decays }, gradient, [m, v], { step_size, epsilon, shrink }) => {
      const total = withPenalty(value, gradient, decays && !decoupled ? weight_decay : 0)
      const kept = decays && decoupledDecay ? mul(value, shrink!) : value
      const nextM = add(mul(m!, scalar(beta1)), total)
      const nextV = add(mul(v!, scalar(beta2)), mul(total, total))
      const change = mul(div(nextM, add(sqrt(nextV), epsilon!)), step_size!)
      return { parameter: sub(kept, change), slots: [nextM, nextV] }
    },
  }
}

/**
 * Muon (Jordan et al. 2024) for the hidden matrices and kernels, AdamW for all else: a step along the
 * orthogonalized momentum, b ← μ b + g, p ← (1 − lr λ) p − 0.2 lr √max(rows, columns) ortho(g + μ b)
 * with Nesterov. That factor gives it the size of an AdamW step (Liu et al. 2025), so that one
 * learning rate serves both; PyTorch calls it `match_rms_adamw`.
 */
function muon(config: OptimizerConfig): Optimizer {
  const { momentum, nesterov, weight_decay } = config
  const rest = adaptive(config, true)
  return {
    slots: (parameter) => (parameter.hidden ? ['momentum'] : rest.slots(parameter)),
    scalarNames: ['learning_rate', ...rest.scalarNames],
    scalars: (step, learningRate) => ({
      learning_rate: learningRate,
      ...rest.scalars(step, learningRate),
    }),
    update: (parameter, gradient, slots, scalars) => {
      if (!parameter.hidden) return rest.update(parameter, gradient, slots, scalars)
      const next = add(mul(slots[0]!, scalar(momentum)), gradient)
      const direction = nesterov ? add(gradient, mul(next, scalar(momentum))) : next
      const size = 0.2 * Math.sqrt(Math.max(...matrixShape(parameter.shape)))
      const rate = mul(scalars['learning_rate']!, scalar(size))
      const decays = parameter.decays && weight_decay > 0
      const kept = decays ? mul(parameter.value, scalars['shrink']!) : parameter.value
      return { parameter: sub(kept, mul(orthogonalize(direction), rate)), slots: [next] }
    },
  }
}

/** The gradient of the loss plus L2 penalty. */
function withPenalty(parameter: Value, gradient: Value, weightDecay: number): Value {
  return weightDecay === 0 ? gradient : add(gradient, mul(parameter, scalar(weightDecay)))
}
