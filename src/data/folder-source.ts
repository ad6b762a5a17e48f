import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import type { FolderDataConfig } from '../contracts/index.ts'
import { AtelierError, digestOf, type ProgressHandle } from '../core/index.ts'
import { type PixelSpec, preprocessImage } from '../image/index.ts'
import { fileStates, type ImageFile, type ImageFolder, listImageFolder } from './image-folder.ts'
import type { DataDeps, RawData, Source } from './source.ts'
import { allocateImages, countClasses, imageSize, type Split } from './split.ts'

/** Files read and decoded at a time: enough to keep the decoder's threads busy. */
const PARALLEL = 8
const NAMED = 10

/** Images in one sub-folder per class, brought to the geometry by the preprocessing that serves. */
export const folderSource: Source<FolderDataConfig> = {
  read: async (config, deps) => {
    const root = resolve(deps.cwd, config.path)
    const folder = await listImageFolder(root)
    warnIgnored(root, folder, deps)
    requireEnough(root, folder, config)
    return readImages(root, folder, config, deps)
  },
  settings: ({ path, test }) => ({ path, test }),
  inputsDigest: async (config, deps) => {
    const root = resolve(deps.cwd, config.path)
    return digestOf(await fileStates(root, await listImageFolder(root)))
  },
}

function warnIgnored(root: string, { ignored }: ImageFolder, deps: DataDeps): void {
  if (ignored.length === 0) return
  const names = ignored.slice(0, 3).map((path) => relative(root, path))
  const more = ignored.length > names.length ? ', …' : ''
  deps.logger.warn(
    `${ignored.length} files in ${root} are not images and were left out: ${names.join(', ')}${more}`,
  )
}

/** Each class needs an image in every split that is still to be made from its files. */
function requireEnough(root: string, { classes, files }: ImageFolder, config: FolderDataConfig) {
  const wanted = 1 + (files.val ? 0 : 1) + (files.test || config.test === 0 ? 0 : 1)
  const labels = Int32Array.from(files.train, ({ label }) => label)
  const counts = countClasses(labels, classes.length)
  const poor = classes.filter((_, label) => counts[label]! < wanted)
  if (poor.length === 0) return
  const got = poor.map((name) => `${name} (${counts[classes.indexOf(name)]})`)
  throw new AtelierError(
    'DATA_TOO_FEW',
    `${root} has classes with fewer than ${wanted} training images: ${got.join(', ')}.`,
    {
      hint: 'Every class needs an image each for training, validation and test. Add images, or remove the class folder.',
      data: { folder: root, counts: Object.fromEntries(classes.map((c, i) => [c, counts[i]])) },
    },
  )
}

interface Failure {
  readonly path: string
  readonly reason: string
}

async function readImages(
  root: string,
  folder: ImageFolder,
  config: FolderDataConfig,
  deps: DataDeps,
): Promise<RawData> {
  const { train, val, test } = folder.files
  const total = train.length + (val?.length ?? 0) + (test?.length ?? 0)
  const progress = deps.progress.start({ label: 'Reading images', total, unit: 'images' })
  const failures: Failure[] = []
  const counted = countingHandle(progress)
  const read = (files: readonly ImageFile[]) => readFiles(files, config, counted, failures)
  const splits = {
    train: await read(train),
    ...(val && { val: await read(val) }),
    ...(test && { test: await read(test) }),
  }
  progress.finish()
  if (failures.length > 0) throw unreadable(root, failures, total)
  return { classes: folder.classes, ...splits }
}

function countingHandle(progress: ProgressHandle): () => void {
  let done = 0
  return () => progress.update(++done)
}

async function readFiles(
  files: readonly ImageFile[],
  { geometry }: FolderDataConfig,
  onImage: () => void,
  failures: Failure[],
): Promise<Split> {
  const spec: PixelSpec = { geometry, color: geometry.channels === 1 ? 'grey' : 'rgb' }
  const size = imageSize(geometry)
  const images = allocateImages(files.length, geometry)
  let next = 0
  const worker = async () => {
    while (next < files.length) {
      const index = next++
      const { path } = files[index]!
      try {
        images.set(await preprocessImage(await readFile(path), spec, { name: path }), index * size)
      } catch (error) {
        failures.push({ path, reason: error instanceof Error ? error.message : String(error) })
      }
      onImage()
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
  return { images, labels: Int32Array.from(files, ({ label }) => label), size: files.length }
}

function unreadable(root: string, failures: readonly Failure[], total: number): AtelierError {
  const sorted = [...failures].sort((a, b) => (a.path < b.path ? -1 : 1))
  const lines = sorted.slice(0, NAMED).map(({ reason }) => `  ${reason}`)
  const more = failures.length > NAMED ? `\n  … and ${failures.length - NAMED} more` : ''
  return new AtelierError(
    'IMAGE_UNREADABLE',
    `${failures.length} of ${total} images in ${root} cannot be read:\n${lines.join('\n')}${more}`,
    {
      hint: 'Replace or delete these files and run again; files whose name starts with a dot are left out.',
      data: { files: sorted.map(({ path }) => path) },
    },
  )
}
