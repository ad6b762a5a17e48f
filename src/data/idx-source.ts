import { access, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { IdxDataConfig } from '../contracts/index.ts'
import { AtelierError, sha256 } from '../core/index.ts'
import { type PixelSpec, preprocessRaster } from '../image/index.ts'
import { downloadFile } from './download.ts'
import { gunzipIfNeeded, type IdxFile, readIdx, readIdxLabels } from './idx.ts'
import type { DataDeps, Source } from './source.ts'
import { allocateImages, imageSize, type Split } from './split.ts'

type FileKey = keyof IdxDataConfig['files']

export const idxSource: Source<IdxDataConfig> = {
  read: async (config, deps) => {
    const folder = await rawFolder(config, deps)
    return {
      classes: config.classes,
      train: await readPair(folder, config, 'train_images', 'train_labels'),
      test: await readPair(folder, config, 'test_images', 'test_labels'),
    }
  },
  settings: ({ classes, files }) => ({
    classes,
    files: Object.fromEntries(Object.entries(files).map(([key, file]) => [key, file.sha256])),
  }),
  inputsDigest: async () => null,
}

/** The variable that points at a folder of ready files: FASHION_MNIST_DIR for `fashion-mnist`. */
function folderVariable(dataName: string): string {
  return `${dataName.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_DIR`
}

/**
 * Where all four files are: the folder of the environment variable; else `data.raw`, where missing
 * files are downloaded to.
 */
async function rawFolder(config: IdxDataConfig, deps: DataDeps): Promise<string> {
  const variable = folderVariable(config.name)
  const given = deps.env[variable]
  const folder = resolve(deps.cwd, given || config.raw)
  const missing: FileKey[] = []
  for (const [key, { name }] of Object.entries(config.files)) {
    if ((await findFile(folder, name)) === undefined) missing.push(key as FileKey)
  }
  if (missing.length === 0) return folder
  if (given) throw filesMissing(folder, variable, config, missing)
  for (const key of missing) await fetchFile(folder, config, key, deps)
  return folder
}

function filesMissing(
  folder: string,
  variable: string,
  config: IdxDataConfig,
  missing: readonly FileKey[],
): AtelierError {
  const names = missing.map((key) => config.files[key].name)
  return new AtelierError(
    'DATA_NOT_FOUND',
    `${variable} points at ${folder}, which has no ${names.join(', ')} (with or without .gz).`,
    {
      hint: `Put the files there, or unset ${variable} to download them.`,
      data: { folder, names },
    },
  )
}

async function fetchFile(
  folder: string,
  config: IdxDataConfig,
  key: FileKey,
  deps: DataDeps,
): Promise<void> {
  const { name, sha256: digest } = config.files[key]
  const request = { mirrors: config.mirrors, file: `${name}.gz`, sha256: digest, folder }
  const failures = await downloadFile(request, { ...deps, fetch: deps.fetch ?? fetch })
  if (failures === undefined) return
  const said = failures.map(({ url, reason }) => `  ${url}: ${reason}`)
  const why = said.length === 0 ? 'data.mirrors is empty' : `no mirror gave it:\n${said.join('\n')}`
  const names = Object.values(config.files).map((file) => `${file.name}[.gz]`)
  throw new AtelierError(
    'DATA_DOWNLOAD',
    `${name}.gz could not be downloaded to ${folder}; ${why}`,
    {
      hint: `Fetch ${names.join(', ')} by any means and set ${folderVariable(config.name)} to their folder, or put them into ${folder}.`,
      data: { file: name, failures },
    },
  )
}

/** The path of `name` or `name`.gz in the folder. */
async function findFile(folder: string, name: string): Promise<string | undefined> {
  for (const path of [join(folder, name), join(folder, `${name}.gz`)]) {
    if (await exists(path)) return path
  }
  return undefined
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function readPair(
  folder: string,
  config: IdxDataConfig,
  imagesKey: FileKey,
  labelsKey: FileKey,
): Promise<Split> {
  const images = await readVerified(folder, config, imagesKey, (path, bytes) =>
    readIdx(path, bytes, 3),
  )
  const size = images.shape[0]!
  const labels = await readVerified(folder, config, labelsKey, (path, bytes) =>
    readIdxLabels(path, bytes, { count: size, classes: config.classes.length }),
  )
  return { images: fitImages(images, config), labels, size }
}

/** Reads, parses and checks one file. Parsing comes first: "cut off" says more than a wrong checksum. */
async function readVerified<T>(
  folder: string,
  config: IdxDataConfig,
  key: FileKey,
  parse: (path: string, bytes: Uint8Array<ArrayBuffer>) => T,
): Promise<T> {
  const { name, sha256: wanted } = config.files[key]
  const path = (await findFile(folder, name)) ?? join(folder, name)
  const bytes = gunzipIfNeeded(path, await readFile(path))
  const parsed = parse(path, bytes)
  const got = sha256(bytes)
  if (got !== wanted) {
    throw new AtelierError(
      'DATA_CHECKSUM',
      `${path} has SHA-256 ${got} (uncompressed), wanted ${wanted}.`,
      {
        hint: `Replace the file, or set data.files.${key}.sha256 if the change is meant.`,
        data: { file: path, got, wanted },
      },
    )
  }
  return parsed
}

/** The pixels as they are when the geometry is the file's own; else through the one preprocessing. */
function fitImages({ shape, data }: IdxFile, { geometry }: IdxDataConfig): Uint8Array<ArrayBuffer> {
  const [count, height, width] = shape as [number, number, number]
  if (geometry.channels === 1 && geometry.height === height && geometry.width === width) return data
  const spec: PixelSpec = { geometry, color: geometry.channels === 1 ? 'grey' : 'rgb' }
  const out = allocateImages(count, geometry)
  for (let i = 0; i < count; i++) {
    const pixels = data.subarray(i * height * width, (i + 1) * height * width)
    out.set(
      preprocessRaster({ width, height, channels: 1, data: pixels }, spec),
      i * imageSize(geometry),
    )
  }
  return out
}
