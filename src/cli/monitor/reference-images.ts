import type { BundleManifest, DataConfig } from '../../contracts/index.ts'
import { imageSize, type Split } from '../../data/index.ts'
import { requireFit } from '../../evaluation/index.ts'
import { preprocessImage } from '../../image/index.ts'
import type { CommandContext } from '../context.ts'
import { imageSources } from '../image-sources.ts'
import { openOrPrepareDataset } from '../open-dataset.ts'

/**
 * The images that `--data` names, as the model sees them: `training` (the splits train and val
 * together), `train`, `val`, or a folder, whose images have no labels. Never the test split.
 */
export async function referenceImages(
  context: CommandContext,
  config: DataConfig,
  manifest: BundleManifest,
  data: string,
): Promise<Split> {
  if (data !== 'training' && data !== 'train' && data !== 'val') {
    return folderImages(context, manifest, data)
  }
  const dataset = await openOrPrepareDataset(config, context)
  requireFit({ manifest }, dataset.manifest)
  if (data !== 'training') return dataset.load(data)
  const [train, val] = [await dataset.load('train'), await dataset.load('val')]
  const images = new Uint8Array(train.images.length + val.images.length)
  images.set(train.images)
  images.set(val.images, train.images.length)
  const labels = Int32Array.from([...train.labels, ...val.labels])
  return { ...train, images, labels, size: train.size + val.size }
}

async function folderImages(
  context: CommandContext,
  { preprocessing }: BundleManifest,
  folder: string,
): Promise<Split> {
  const sources = await imageSources([folder], context)
  const size = imageSize(preprocessing.geometry)
  const images = new Uint8Array(sources.length * size)
  const bar = context.progress.start({ label: 'Reading', total: sources.length, unit: 'images' })
  for (const [at, { name, read }] of sources.entries()) {
    context.signal.throwIfAborted()
    images.set(await preprocessImage(await read(), preprocessing, { name }), at * size)
    bar.update(at + 1)
  }
  bar.finish()
  return { images, labels: new Int32Array(0), size: sources.length }
}
