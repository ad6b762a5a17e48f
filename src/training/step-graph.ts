import type { Config } from '../contracts/index.ts'
import {
  add,
  differentiate,
  div,
  greater,
  input,
  mul,
  reduceSum,
  reshape,
  scalar,
  sqrt,
  sub,
  type Value,
  where,
} from '../graph/index.ts'
import {
  buildNetwork,
  correctCount,
  createOptimizer,
  crossEntropy,
  type Layer,
  type Mask,
  type NetworkOptions,
  type Optimizer,
  type Parameter,
  type Statistic,
} from '../nn/index.ts'
import { toOnnx } from '../onnx/index.ts'

/** Input and output names of the training step, beside those of the state. */
export const STEP_IO = { labels: 'labels', loss: 'loss', correct: 'correct' } as const

/** A tensor that lives from step to step: read under `name`, written under `nextName(name)`. */
export interface StateTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly initial: number
}

export const nextName = (name: string) => `next.${name}`
export const averageName = (parameter: string) => `average.${parameter}`
export const scalarName = (name: string) => `scalar.${name}`

export interface StepGraph {
  readonly model: Uint8Array
  readonly parameters: readonly Parameter[]
  readonly statistics: readonly Statistic[]
  /** Parameters, statistics, optimizer slots and averaged weights. */
  readonly state: readonly StateTensor[]
  readonly masks: readonly Mask[]
  readonly optimizer: Optimizer
}

export interface StepOptions extends Omit<NetworkOptions, 'mode'> {
  readonly batch: number
  readonly layers: Layer
  readonly optimizer: Config['optimizer']
  readonly regularization: Config['regularization']
  /** Channels per block of the engine's image layout; see `detectBlockSize`. */
  readonly blockSize: number
}

/**
 * A whole training step as one ONNX model: normalise, forward, loss, gradients by reverse-mode
 * differentiation, and the optimizer's update of every state tensor.
 */
export function buildStepGraph(options: StepOptions): StepGraph {
  const network = buildNetwork(options.layers, { ...options, mode: 'training' })
  const { parameters, statistics, masks, logits } = network
  const labels = input(STEP_IO.labels, [options.batch], 'int32')
  const loss = crossEntropy(logits, labels, options.regularization.label_smoothing)
  const optimizer = createOptimizer(options.optimizer)
  const gradients = clipped(
    differentiate(
      loss,
      parameters.map(({ value }) => value),
      scalar(1),
    ),
    options.regularization.clip_norm,
  )
  const updates = updateParameters(parameters, gradients, optimizer, options)
  const next = new Map([...updates, ...updateStatistics(statistics)])
  const results = Object.fromEntries(
    [...next].map(([name, { value }]) => [nextName(name), value] as const),
  )
  const { bytes } = toOnnx({
    name: 'training-step',
    blockSize: options.blockSize,
    outputs: {
      [STEP_IO.loss]: loss,
      [STEP_IO.correct]: correctCount(logits, labels),
      ...results,
    },
  })
  const state = [...next].map(([name, { value, initial }]) => ({
    name,
    shape: value.shape as readonly number[],
    initial,
  }))
  return { model: bytes, parameters, statistics, state, masks, optimizer }
}

interface NextState {
  readonly value: Value
  readonly initial: number
}

type NamedState = readonly [name: string, NextState]

function updateParameters(
  parameters: readonly Parameter[],
  gradients: readonly Value[],
  optimizer: Optimizer,
  { optimizer: { decay_all }, regularization: { ema_decay } }: StepOptions,
): NamedState[] {
  const scalars = Object.fromEntries(
    optimizer.scalarNames.map((name) => [name, input(scalarName(name), [])]),
  )
  const classifier = parameters.findLast(isMatrix)
  return parameters.flatMap((parameter, i): NamedState[] => {
    const trained = {
      ...parameter,
      decays: decay_all || parameter.decay,
      hidden: isMatrix(parameter) && parameter !== classifier,
    }
    const names = optimizer.slots(trained).map((slot) => `${slot}.${parameter.name}`)
    const slots = names.map((name) => input(name, parameter.shape))
    const update = optimizer.update(trained, gradients[i]!, slots, scalars)
    return [
      [parameter.name, { value: update.parameter, initial: 0 }],
      ...names.map((name, slot): NamedState => [name, { value: update.slots[slot]!, initial: 0 }]),
      ...(ema_decay === null ? [] : [averaged(parameter, update.parameter, ema_decay)]),
    ]
  })
}

const isMatrix = ({ shape }: Parameter) => shape.length > 1

/** Exponential moving average: a ← a + (1 − d)(p − a). */
function averaged({ name, shape }: Parameter, updated: Value, decay: number): NamedState {
  const old = input(averageName(name), shape)
  const value = add(old, mul(sub(updated, old), scalar(1 - decay)))
  return [averageName(name), { value, initial: 0 }]
}

function updateStatistics(statistics: readonly Statistic[]): NamedState[] {
  return statistics.map(({ name, next, initial }) => [name, { value: next!, initial }])
}

/** Scales all gradients by min(1, limit / ‖g‖), as torch.nn.utils.clip_grad_norm_ does. */
function clipped(gradients: readonly Value[], limit: number | null): readonly Value[] {
  if (limit === null) return gradients
  const squares = gradients.map((gradient) => {
    const flat = reshape(gradient, [sizeOf(gradient)])
    return reduceSum(mul(flat, flat), [0])
  })
  const norm = sqrt(squares.reduce(add))
  const factor = div(scalar(limit), add(norm, scalar(1e-6)))
  const scale = where(greater(factor, scalar(1)), scalar(1), factor)
  return gradients.map((gradient) => mul(gradient, scale))
}

function sizeOf({ shape }: Value): number {
  return (shape as readonly number[]).reduce((n, size) => n * size, 1)
}
