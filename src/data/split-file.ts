import { join } from 'node:path'
import type { DatasetManifest, ImageGeometry, SplitName } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'
import { readSafetensors, type Tensor, tensor, writeSafetensors } from '../tensor/index.ts'
import type { Split } from './split.ts'

/** Writes `images` uint8 [N, C, H, W] and `labels` int32 [N], atomically. */
export async function writeSplitFile(
  path: string,
  split: Split,
  { channels, height, width }: ImageGeometry,
): Promise<void> {
  await writeSafetensors(path, {
    images: tensor('uint8', [split.size, channels, height, width], split.images),
    labels: tensor('int32', [split.size], split.labels),
  })
}

/** Reads any split, the locked one too: for this folder only, never re-exported by its door. */
export async function loadSplitFile(
  folder: string,
  manifest: DatasetManifest,
  name: SplitName,
): Promise<Split> {
  const { file, size } = manifest.splits[name]
  const { channels, height, width } = manifest.geometry
  const path = join(folder, file)
  const { tensors } = await readSafetensors(path).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw corrupt(path, reason, cause)
  })
  const images = tensors.get('images')
  const labels = tensors.get('labels')
  requireTensor(path, 'images', images, 'uint8', [size, channels, height, width])
  requireTensor(path, 'labels', labels, 'int32', [size])
  const values = labels!.data as Int32Array<ArrayBuffer>
  const classes = manifest.classes.length
  const bad = values.findIndex((label) => label < 0 || label >= classes)
  if (bad >= 0) {
    throw corrupt(path, `label ${bad} is ${values[bad]}, wanted 0 to ${classes - 1}.`)
  }
  return { images: images!.data as Uint8Array<ArrayBuffer>, labels: values, size }
}

function requireTensor(
  path: string,
  name: string,
  got: Tensor | undefined,
  dtype: string,
  shape: readonly number[],
): void {
  const describe = (type: string, dims: readonly number[]) => `${type} [${dims.join(', ')}]`
  const found = got === undefined ? 'nothing' : describe(got.dtype, got.shape)
  const wanted = describe(dtype, shape)
  if (found !== wanted) throw corrupt(path, `tensor "${name}": got ${found}, wanted ${wanted}.`)
}

function corrupt(path: string, reason: string, cause?: unknown): AtelierError {
  return new AtelierError('DATA_CORRUPT', `${path} does not fit its manifest: ${reason}`, {
    hint: 'Run `atelier data prepare --force`.',
    cause,
    data: { file: path },
  })
}
