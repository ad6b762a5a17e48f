import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type CorruptedSetsManifest,
  type CorruptionName,
  corruptedSetsSchema,
  corruptionNames,
  type DatasetManifest,
  type Severity,
  severities,
} from '../contracts/index.ts'
import {
  createRandom,
  type Logger,
  permutation,
  sha256,
  toAtelierError,
  writeFileAtomic,
} from '../core/index.ts'
import { imageSize, type Split } from '../data/index.ts'
import { readSafetensors, tensor, writeSafetensors } from '../tensor/index.ts'
import { corrupt, STEPS_PER_IMAGE } from './corrupt.ts'

/** Sets that take more than this together are made anew each time, and only their hashes kept. */
const MOST_STORED_BYTES = 4 * 2 ** 30

export interface CorruptedSet {
  /** uint8 [N, C, H, W] */
  readonly images: Uint8Array<ArrayBuffer>
  /** Of the images. */
  readonly sha256: string
}

/** Corrupted copies of one split, the same bytes at every call. */
export interface CorruptedSets {
  readonly seed: number
  /** SHA-256 of the clean pixels. */
  readonly cleanSha256: string
  load(name: CorruptionName, severity: Severity): Promise<CorruptedSet>
}

export interface CorruptedSetsOptions {
  /** The folder of the data set: sets are kept below its `corrupted/`. */
  readonly folder: string
  readonly dataset: DatasetManifest
  readonly splitName: 'val' | 'test'
  /** Clean; of the test split they come from `openTestSplit`, which counts the look. */
  readonly sample: Sample
  readonly seed: number
  readonly logger: Logger
}

/** Some images of a split, and where in it they stand. */
export interface Sample extends Split {
  readonly indices: Int32Array
}

/** `count` images of a split, drawn without replacement, in their order; all of them when undefined. */
export function sampleOf(split: Split, count: number | undefined, seed: number): Sample {
  const all = Int32Array.from({ length: split.size }, (_, i) => i)
  if (count === undefined || count >= split.size) return { ...split, indices: all }
  // the last step of the first image, which no corruption draws from
  const random = createRandom(seed, 'corruption', STEPS_PER_IMAGE - 1)
  const indices = permutation(split.size, random).slice(0, count).sort()
  const size = split.images.length / split.size
  const images = new Uint8Array(count * size)
  for (const [to, from] of indices.entries()) {
    images.set(split.images.subarray(from * size, (from + 1) * size), to * size)
  }
  return { images, labels: indices.map((i) => split.labels[i]!), size: count, indices }
}

/**
 * Sets are made when first asked for and stored as safetensors, with the SHA-256 of their pixels in
 * `manifest.json`. A stored set is used when its pixels have that hash, and else made again.
 */
export async function openCorruptedSets(options: CorruptedSetsOptions): Promise<CorruptedSets> {
  const { splitName, sample, seed } = options
  const folder = join(options.folder, 'corrupted', `${splitName}-${sample.size}`)
  const path = join(folder, 'manifest.json')
  const wanted = manifestOf(options)
  const found = await readManifest(path)
  const same = found !== undefined && describes(found, wanted)
  const hashes = new Map(Object.entries(same ? found.sets : {}))
  const stored = corruptionNames.length * severities.length * sample.images.length
  const store = stored <= MOST_STORED_BYTES
  return {
    seed,
    cleanSha256: wanted.clean_sha256,
    load: async (name, severity) => {
      const key = `${name}-${severity}`
      const file = join(folder, `${key}.safetensors`)
      const known = hashes.get(key)
      if (store && known !== undefined) {
        const images = await readSet(file, options)
        if (images !== undefined && sha256(images) === known) return { images, sha256: known }
      }
      const made = makeSet(options, name, severity)
      if (known !== undefined && known !== made.sha256) warnOfOthers(options.logger, key)
      if (store) await writeSet(file, made, options)
      if (known === made.sha256) return made
      hashes.set(key, made.sha256)
      const manifest = { ...wanted, sets: Object.fromEntries([...hashes].sort()) }
      await writeFileAtomic(path, `${JSON.stringify(manifest, null, 1)}\n`)
      return made
    },
  }
}

function manifestOf(options: CorruptedSetsOptions): CorruptedSetsManifest {
  const { dataset, splitName, sample, seed } = options
  return {
    format: 'atelier-corrupted-sets',
    version: 1,
    dataset: { name: dataset.name, digest: dataset.digest },
    split: splitName,
    images: sample.size,
    clean_sha256: sha256(sample.images),
    seed,
    sets: {},
  }
}

/** Whether sets of the one manifest may be used for the other: made of the same pixels, in the same way. */
function describes(found: CorruptedSetsManifest, wanted: CorruptedSetsManifest): boolean {
  return found.clean_sha256 === wanted.clean_sha256 && found.seed === wanted.seed
}

/** Undefined when there is none of this version: then everything is made anew. */
async function readManifest(path: string): Promise<CorruptedSetsManifest | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    return corruptedSetsSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function makeSet(
  { sample, dataset, seed }: CorruptedSetsOptions,
  name: CorruptionName,
  severity: Severity,
): CorruptedSet {
  const options = { name, severity, seed, indices: sample.indices }
  const images = corrupt(sample.images, sample.size, dataset.geometry, options)
  return { images, sha256: sha256(images) }
}

async function writeSet(
  file: string,
  { images, sha256 }: CorruptedSet,
  options: CorruptedSetsOptions,
) {
  const { channels, height, width } = options.dataset.geometry
  const shape = [options.sample.size, channels, height, width]
  await writeSafetensors(file, { images: tensor('uint8', shape, images) }, { sha256 })
}

/** The pixels of a stored set; undefined when the file is missing, damaged or of another size. */
async function readSet(
  file: string,
  { sample, dataset, logger }: CorruptedSetsOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const images = (await readSafetensors(file)).tensors.get('images')
    const fits = images?.data.length === sample.size * imageSize(dataset.geometry)
    return images?.dtype === 'uint8' && fits ? (images.data as Uint8Array<ArrayBuffer>) : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    const { code, message } = toAtelierError(error)
    if (code !== 'TENSOR_FILE') throw error
    logger.warn(`${message} It is made again.`)
    return undefined
  }
}

function warnOfOthers(logger: Logger, key: string): void {
  logger.warn(
    `${key} came out as other pixels than when it was first made, on another machine perhaps: results on it are not comparable with earlier ones to the last digit.`,
  )
}
