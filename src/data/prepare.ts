import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type {
  DataConfig,
  DatasetManifest,
  ImageGeometry,
  SplitManifest,
} from '../contracts/index.ts'
import { AtelierError, sha256File, writeFileAtomic } from '../core/index.ts'
import { inputFeatures, summarizeFeatures } from '../image/index.ts'
import { MANIFEST_FILE, openDataset } from './dataset.ts'
import { manifestDigest } from './manifest-digest.ts'
import { pixelMoments } from './pixel-moments.ts'
import type { DataDeps, RawData } from './source.ts'
import { sourceDigest, sourceOf } from './sources.ts'
import { countClasses, type Split, selectImages } from './split.ts'
import { writeSplitFile } from './split-file.ts'
import { stratifiedSplit } from './stratified-split.ts'

export interface PrepareOptions {
  /** Prepare anew even when the data is there and up to date. */
  readonly force?: boolean
}

export interface PrepareResult {
  readonly manifest: DatasetManifest
  readonly folder: string
  /** False when the prepared data was already there, intact and up to date. */
  readonly changed: boolean
}

/**
 * Reads the source, splits it and writes the prepared data set to `config.processed`; does nothing
 * when that is already there. The manifest is written last, so a reader never sees half a data set.
 */
export async function prepareDataset(
  config: DataConfig,
  deps: DataDeps,
  options: PrepareOptions = {},
): Promise<PrepareResult> {
  const folder = resolve(deps.cwd, config.processed)
  const inputs = await sourceOf(config).inputsDigest(config, deps)
  const current = options.force ? undefined : await intactManifest(folder, config, inputs)
  if (current !== undefined) {
    deps.logger.info(`${folder} is up to date (data set ${current.digest.slice(0, 12)}).`)
    return { manifest: current, folder, changed: false }
  }
  const raw = await sourceOf(config).read(config, deps)
  const splits = divide(raw, config)
  const manifest = await writeDataset(folder, config, raw.classes, splits, inputs)
  return { manifest, folder, changed: true }
}

/** The manifest in `folder` if settings, input files and every byte still agree with it. */
async function intactManifest(
  folder: string,
  config: DataConfig,
  inputs: string | null,
): Promise<DatasetManifest | undefined> {
  try {
    const { manifest } = await openDataset(folder, { config, verify: true })
    return manifest.inputs_digest === inputs ? manifest : undefined
  } catch (error) {
    if (error instanceof AtelierError && error.code !== 'INTERNAL') return undefined
    throw error
  }
}

type Splits = Readonly<Record<'train' | 'val' | 'test', Split>>

/** Takes validation (and test, where the source has none) out of the training images. */
function divide(raw: RawData, config: DataConfig): Splits {
  const total = raw.train.size
  const test = raw.test === undefined && 'test' in config ? partSize(config.test, total) : 0
  const val = raw.val === undefined ? partSize(config.validation, total) : 0
  requireRoom(total, raw.val?.size ?? val, total - val - test, { val, test })
  const classes = raw.classes.length
  const [testPart, valPart, trainPart] = stratifiedSplit(
    raw.train.labels,
    classes,
    [test, val],
    config.split_seed,
  ) as [Int32Array, Int32Array, Int32Array]
  return {
    train: selectImages(raw.train, trainPart),
    val: raw.val ?? selectImages(raw.train, valPart),
    test: raw.test ?? selectImages(raw.train, testPart),
  }
}

/** A size below 1 is a share, anything else a count. */
function partSize(size: number, total: number): number {
  return size < 1 ? Math.round(size * total) : size
}

function requireRoom(
  total: number,
  valSize: number,
  trainSize: number,
  taken: { readonly val: number; readonly test: number },
): void {
  if (valSize >= 1 && trainSize >= 1) return
  throw new AtelierError(
    'CONFIG_INVALID_VALUE',
    `data.validation takes ${taken.val} and data.test ${taken.test} of ${total} images; training needs some, and validation at least one.`,
    { hint: 'Set data.validation and data.test to smaller counts or shares, above 0.' },
  )
}

async function writeDataset(
  folder: string,
  config: DataConfig,
  classes: readonly string[],
  splits: Splits,
  inputs: string | null,
): Promise<DatasetManifest> {
  // Without this, a crash on the way would leave the old manifest beside new files.
  await rm(join(folder, MANIFEST_FILE), { force: true })
  const write = (name: keyof Splits) =>
    writeSplit(folder, name, splits[name], config.geometry, classes.length)
  const identity = {
    format: 'atelier-dataset' as const,
    version: 1 as const,
    name: config.name,
    classes: [...classes],
    geometry: config.geometry,
    split_seed: config.split_seed,
    splits: { train: await write('train'), val: await write('val'), test: await write('test') },
    normalization: trainingNormalization(splits.train, config.geometry),
  }
  const manifest: DatasetManifest = {
    ...identity,
    digest: manifestDigest(identity),
    source_digest: sourceDigest(config),
    inputs_digest: inputs,
  }
  await writeFileAtomic(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

async function writeSplit(
  folder: string,
  name: string,
  split: Split,
  geometry: ImageGeometry,
  classes: number,
): Promise<SplitManifest> {
  const file = `${name}.safetensors`
  await writeSplitFile(join(folder, file), split, geometry)
  return {
    file,
    size: split.size,
    class_counts: countClasses(split.labels, classes),
    sha256: await sha256File(join(folder, file)),
    pixels: pixelMoments(split.images, geometry),
    features: summarizeFeatures(inputFeatures(split.images, split.size)),
  }
}

/** Divisors must be positive: a constant channel is left at its own scale. */
function trainingNormalization(train: Split, geometry: ImageGeometry) {
  const { mean, std } = pixelMoments(train.images, geometry)
  return { mean, std: std.map((value) => (value > 0 ? value : 1)) }
}
