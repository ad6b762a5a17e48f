import type { ImageGeometry } from '../contracts/index.ts'
import { createRandom } from '../core/index.ts'
import { IMAGES } from '../nn/index.ts'
import { detectBlockSize, openSession, type Session } from '../runtime/index.ts'
import { type Tensor, tensor, zeros } from '../tensor/index.ts'
import { fillMask } from './dropout-mask.ts'
import {
  averageName,
  buildStepGraph,
  nextName,
  STEP_IO,
  type StepGraph,
  type StepOptions,
  scalarName,
} from './step-graph.ts'

export interface TrainerOptions extends Omit<StepOptions, 'batch' | 'image' | 'blockSize'> {
  readonly geometry: ImageGeometry
  readonly seed: number
  readonly threads: number
  readonly profilePrefix?: string
}

export interface StepResult {
  /** Mean cross-entropy of the batch, nats. */
  readonly loss: number
  /** Images of the batch whose class was predicted right, before the update. */
  readonly correct: number
}

export interface Batch {
  readonly images: Tensor<'uint8'>
  readonly labels: Tensor<'int32'>
}

export type State = ReadonlyMap<string, Tensor<'float32'>>

interface Plan {
  readonly session: Session
  readonly masks: readonly Tensor<'uint8'>[]
  readonly graph: StepGraph
}

/**
 * Owns the training state and the sessions that advance it. Each step reads one set of tensors and
 * writes another; then the two swap roles. A batch size seen for the first time gets its own session.
 */
export class Trainer {
  readonly #options: TrainerOptions
  readonly #blockSize: number
  readonly #plans = new Map<number, Plan>()
  readonly #scalars = new Map<string, Tensor<'float32'>>()
  readonly #loss = zeros('float32', [])
  readonly #correct = zeros('float32', [])
  #current: Map<string, Tensor<'float32'>>
  #spare: Map<string, Tensor<'float32'>>

  private constructor(options: TrainerOptions, blockSize: number, state: State) {
    this.#options = options
    this.#blockSize = blockSize
    this.#current = new Map(state)
    this.#spare = new Map([...state].map(([name, { shape }]) => [name, zeros('float32', shape)]))
  }

  /** Starts from freshly initialised weights, or from `state`, which is taken over. */
  static async create(options: TrainerOptions, batch: number, state?: State): Promise<Trainer> {
    const blockSize = await detectBlockSize()
    const graph = stepGraph(options, blockSize, batch)
    const trainer = new Trainer(options, blockSize, state ?? initialState(graph, options.seed))
    await trainer.#open(graph, batch)
    return trainer
  }

  get graph(): StepGraph {
    return [...this.#plans.values()][0]!.graph
  }

  /** The live tensors by name; the next step writes others. */
  get state(): State {
    return this.#current
  }

  /** One optimizer step on a batch. `step` counts from 0 and decides the dropout masks. */
  async step(batch: Batch, step: number, learningRate: number): Promise<StepResult> {
    const size = batch.labels.shape[0]!
    const plan =
      this.#plans.get(size) ??
      (await this.#open(stepGraph(this.#options, this.#blockSize, size), size))
    const { masks, optimizer } = plan.graph
    for (const [i, { keep }] of masks.entries()) {
      fillMask(plan.masks[i]!.data, keep, this.#options.seed, step, i)
    }
    this.#setScalars(optimizer.scalars(step + 1, learningRate))
    const feeds: Record<string, Tensor> = { [IMAGES]: batch.images, [STEP_IO.labels]: batch.labels }
    for (const [i, { name }] of masks.entries()) feeds[name] = plan.masks[i]!
    for (const [name, value] of this.#scalars) feeds[name] = value
    const results: Record<string, Tensor> = {
      [STEP_IO.loss]: this.#loss,
      [STEP_IO.correct]: this.#correct,
    }
    for (const [name, value] of this.#current) feeds[name] = value
    for (const [name, value] of this.#spare) results[nextName(name)] = value
    await plan.session.run(feeds, results)
    const advanced = this.#spare
    this.#spare = this.#current
    this.#current = advanced
    return { loss: this.#loss.data[0]!, correct: this.#correct.data[0]! }
  }

  /** Ends onnxruntime's trace, if one was asked for. */
  endProfiling(): void {
    for (const { session } of this.#plans.values()) session.endProfiling()
  }

  async close(): Promise<void> {
    for (const { session } of this.#plans.values()) await session.close()
    this.#plans.clear()
  }

  #setScalars(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      const key = scalarName(name)
      const known = this.#scalars.get(key) ?? zeros('float32', [])
      known.data[0] = value
      this.#scalars.set(key, known)
    }
  }

  async #open(graph: StepGraph, size: number): Promise<Plan> {
    const { threads, profilePrefix } = this.#options
    const first = this.#plans.size === 0
    const session = await openSession(graph.model, {
      threads,
      ...(profilePrefix !== undefined && first ? { profilePrefix } : {}),
    })
    const masks = graph.masks.map(({ shape }) => zeros('uint8', shape))
    const plan = { session, masks, graph }
    this.#plans.set(size, plan)
    return plan
  }
}

function stepGraph(options: TrainerOptions, blockSize: number, batch: number): StepGraph {
  const { height, width, channels } = options.geometry
  return buildStepGraph({ ...options, blockSize, batch, image: [channels, height, width] })
}

/** Parameters drawn by the seed, averaged weights equal to them, everything else at its initial value. */
function initialState({ state, parameters }: StepGraph, seed: number): State {
  const random = createRandom(seed, 'initialization')
  const values = new Map<string, Tensor<'float32'>>()
  for (const { name, shape, initial } of state) {
    const value = zeros('float32', shape)
    value.data.fill(initial)
    values.set(name, value)
  }
  for (const { name, shape, initialize } of parameters) {
    const { data } = values.get(name)!
    initialize(data, random)
    if (values.has(averageName(name))) {
      values.set(averageName(name), tensor('float32', shape, data.slice()))
    }
  }
  return values
}
