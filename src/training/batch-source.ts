import type { Config, ImageGeometry } from '../contracts/index.ts'
import { createRandom } from '../core/index.ts'
import { augmentBatch, epochOrder, fillBatch, type Split } from '../data/index.ts'
import { zeros } from '../tensor/index.ts'
import { imageShape } from './model-spec.ts'
import type { Batch } from './trainer.ts'

export interface BatchSource {
  readonly stepsPerEpoch: number
  /** The batch of a step, counted from 0. Its memory is used again by the next of the same size. */
  at(step: number): Batch
}

/**
 * Batches as a function of (seed, step): shuffled anew each epoch, augmented, the last one smaller
 * where the split does not divide.
 */
export function createBatchSource(
  config: Config,
  split: Split,
  geometry: ImageGeometry,
): BatchSource {
  const { seed, augmentation } = config
  const size = Math.min(config.hyperparameters.batch_size, split.size)
  const stepsPerEpoch = Math.ceil(split.size / size)
  const buffers = new Map<number, Batch>()
  let shuffled: { readonly epoch: number; readonly order: Int32Array } | undefined
  return {
    stepsPerEpoch,
    at: (step) => {
      const epoch = Math.floor(step / stepsPerEpoch)
      if (shuffled?.epoch !== epoch) {
        shuffled = { epoch, order: epochOrder(seed, epoch, split.size) }
      }
      const start = (step % stepsPerEpoch) * size
      const count = Math.min(size, split.size - start)
      const batch = buffers.get(count) ?? emptyBatch(count, geometry)
      buffers.set(count, batch)
      fillBatch(batch.images.data, batch.labels.data, split, shuffled.order, start)
      const random = createRandom(seed, 'augmentation', step)
      augmentBatch(batch.images.data, geometry, augmentation, random)
      return batch
    },
  }
}

function emptyBatch(count: number, geometry: ImageGeometry): Batch {
  return {
    images: zeros('uint8', [count, ...imageShape(geometry)]),
    labels: zeros('int32', [count]),
  }
}
