import { z } from 'zod'
import { AtelierError } from '../core/index.ts'
import type { Weights } from '../nn/index.ts'
import { readSafetensors, type Tensor, tensor, writeSafetensors } from '../tensor/index.ts'
import type { State } from './trainer.ts'

const METADATA_KEY = 'atelier.checkpoint'

const positionSchema = z.strictObject({
  /** Optimizer steps done. */
  step: z.int().nonnegative(),
  /** Epochs trained and validated. */
  epoch: z.int().nonnegative(),
  /** Of the epoch under way: loss times images, images right, and seconds spent. */
  lossSum: z.number(),
  correct: z.number(),
  epochSeconds: z.number(),
  /** Of the whole run so far. */
  seconds: z.number(),
  best: z
    .strictObject({ epoch: z.int(), val_loss: z.number(), val_accuracy: z.number() })
    .nullable(),
  /** Bytes of `metrics.jsonl` that belong to the steps done. */
  metricsOffset: z.int().nonnegative(),
  seed: z.int(),
  configDigest: z.string(),
})
/** How far training got, beside its tensors. */
export type Position = z.infer<typeof positionSchema>

export interface Checkpoint {
  readonly position: Position
  readonly state: State
}

/** Writes all that is needed to continue exactly. Atomic: a crash leaves the previous checkpoint. */
export async function writeCheckpoint(
  path: string,
  { position, state }: Checkpoint,
): Promise<void> {
  await writeSafetensors(path, Object.fromEntries(state), {
    [METADATA_KEY]: JSON.stringify(position),
  })
}

/** The checkpoint at `path`, or undefined when there is none. Throws TENSOR_FILE when it is damaged. */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const file = await readSafetensors(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return undefined
  const metadata = file.metadata[METADATA_KEY]
  if (metadata === undefined) {
    throw new AtelierError('TENSOR_FILE', `${path} is not a checkpoint: it has no ${METADATA_KEY}.`)
  }
  return { position: positionSchema.parse(JSON.parse(metadata)), state: copyFloats(file.tensors) }
}

export async function writeWeights(
  path: string,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeSafetensors(path, Object.fromEntries(weights), metadata)
}

export async function readWeights(path: string): Promise<Weights> {
  return copyFloats((await readSafetensors(path)).tensors)
}

/** Each tensor in memory of its own, so that one does not keep the whole file. */
function copyFloats(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor<'float32'>> {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [
      name,
      tensor('float32', shape, Float32Array.from(data as Float32Array)),
    ]),
  )
}
