import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { composeConfig } from '../config/index.ts'
import { createBatchSource } from './batch-source.ts'

const GEOMETRY = { height: 4, width: 4, channels: 1 } as const
const SIZE = 10
/** Image i is filled with i and labelled i. */
const split = {
  images: Uint8Array.from({ length: SIZE * 16 }, (_, i) => Math.floor(i / 16)),
  labels: Int32Array.from({ length: SIZE }, (_, i) => i),
  size: SIZE,
}

async function sourceWith(...overrides: string[]) {
  const packageConf = resolve(import.meta.dirname, '../../conf')
  const options = { cwd: '/nonexistent', env: {}, packageConf }
  const all = ['data=sketch', 'hyperparameters.batch_size=4', ...overrides]
  return createBatchSource((await composeConfig(all, options)).config, split, GEOMETRY)
}

describe('createBatchSource', () => {
  it('gives every image once an epoch, the last batch smaller, in another order each time', async () => {
    const source = await sourceWith('augmentation.flip=0')
    expect(source.stepsPerEpoch).toBe(3)
    const epochs = [0, 1].map((epoch) =>
      [0, 1, 2].flatMap((at) => [...source.at(3 * epoch + at).labels.data]),
    )
    expect(source.at(2).labels.shape).toEqual([2])
    for (const labels of epochs) expect(labels.toSorted()).toEqual([...split.labels])
    expect(epochs[0]).not.toEqual(epochs[1])
  })

  it('keeps images with their labels', async () => {
    const { images, labels } = (await sourceWith()).at(1)
    for (const [row, label] of labels.data.entries()) {
      expect(new Set(images.data.subarray(row * 16, (row + 1) * 16))).toEqual(new Set([label]))
    }
  })

  it('gives the same batch for the same step, whatever was asked before', async () => {
    const augmented = ['augmentation.flip=0.5', 'augmentation.shift=1', 'augmentation.erase=0.5']
    const [first, second] = [await sourceWith(...augmented), await sourceWith(...augmented)]
    for (let step = 0; step < 5; step++) first.at(step)
    const wanted = first.at(5)
    expect(second.at(5)).toEqual(wanted)
  })

  it('takes the whole split where it is smaller than a batch', async () => {
    const source = await sourceWith('hyperparameters.batch_size=64')
    expect(source.stepsPerEpoch).toBe(1)
    expect(source.at(0).labels.shape).toEqual([SIZE])
  })
})
