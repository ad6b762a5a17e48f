import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  type DataConfig,
  type DatasetManifest,
  datasetManifestSchema,
  type SplitName,
} from '../contracts/index.ts'
import { AtelierError, sha256File } from '../core/index.ts'
import { manifestDigest } from './manifest-digest.ts'
import { sourceDigest } from './sources.ts'
import type { Split } from './split.ts'
import { loadSplitFile } from './split-file.ts'

export const MANIFEST_FILE = 'dataset.json'

/** A prepared data set on disk. The test split is locked: see `openTestSplit`. */
export interface Dataset {
  readonly folder: string
  readonly manifest: DatasetManifest
  /** Reads a split into memory. Throws DATA_CORRUPT when the file does not fit the manifest. */
  load(name: Exclude<SplitName, 'test'>): Promise<Split>
}

export interface OpenOptions {
  /** When given, the data must have been prepared with these settings; else DATA_STALE. */
  readonly config?: DataConfig
  /** Also compares the SHA-256 of every split file with the manifest. */
  readonly verify?: boolean
}

const PREPARE_HINT = 'Run `atelier data prepare`.'

/** Opens the data set in `folder`. Throws DATA_NOT_FOUND, DATA_CORRUPT or DATA_STALE. */
export async function openDataset(folder: string, options: OpenOptions = {}): Promise<Dataset> {
  const manifest = await readManifest(folder)
  if (options.config !== undefined) requireFresh(folder, manifest, options.config)
  for (const { file } of Object.values(manifest.splits)) await requireFile(join(folder, file))
  if (options.verify) await verifyFiles(folder, manifest)
  return {
    folder,
    manifest,
    load: async (name) => {
      if ((name as string) === 'test') {
        throw new AtelierError('INTERNAL', 'The test split is locked; use openTestSplit.')
      }
      return loadSplitFile(folder, manifest, name)
    },
  }
}

/** Opens the prepared data of a configuration. As `openDataset`, and the settings must agree. */
export async function openConfiguredDataset(config: DataConfig, cwd: string): Promise<Dataset> {
  return openDataset(resolve(cwd, config.processed), { config })
}

async function readManifest(folder: string): Promise<DatasetManifest> {
  const path = join(folder, MANIFEST_FILE)
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause
    throw new AtelierError(
      'DATA_NOT_FOUND',
      `${folder} holds no prepared data (no ${MANIFEST_FILE}).`,
      {
        hint: PREPARE_HINT,
        cause,
        data: { folder },
      },
    )
  })
  return parseManifest(path, text)
}

/** A manifest edited by hand fits its schema but not its digest. */
function parseManifest(path: string, text: string): DatasetManifest {
  const failure = (what: string, cause?: unknown) =>
    new AtelierError('DATA_CORRUPT', `${path} ${what}.`, {
      hint: PREPARE_HINT,
      cause,
      data: { file: path },
    })
  let manifest: DatasetManifest
  try {
    manifest = datasetManifestSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw failure('is not a data set manifest of this version', cause)
  }
  const got = manifestDigest(manifest)
  if (got === manifest.digest) return manifest
  throw failure(`has content of digest ${got}, but says ${manifest.digest}: it was changed`)
}

function requireFresh(folder: string, manifest: DatasetManifest, config: DataConfig): void {
  const wanted = sourceDigest(config)
  if (manifest.source_digest === wanted) return
  throw new AtelierError(
    'DATA_STALE',
    `${folder} holds "${manifest.name}" prepared with other settings than the configured "${config.name}" (settings ${manifest.source_digest.slice(0, 12)}, wanted ${wanted.slice(0, 12)}).`,
    {
      hint: 'Run `atelier data prepare` with the same data settings, or set data.processed to another folder.',
      data: { folder, got: manifest.source_digest, wanted },
    },
  )
}

async function requireFile(path: string): Promise<void> {
  await stat(path).catch((cause: unknown) => {
    throw new AtelierError('DATA_NOT_FOUND', `${path} is missing.`, { hint: PREPARE_HINT, cause })
  })
}

async function verifyFiles(folder: string, manifest: DatasetManifest): Promise<void> {
  for (const { file, sha256: wanted } of Object.values(manifest.splits)) {
    const path = join(folder, file)
    const got = await sha256File(path)
    if (got !== wanted) {
      throw new AtelierError('DATA_CORRUPT', `${path} has SHA-256 ${got}, wanted ${wanted}.`, {
        hint: 'Run `atelier data prepare --force`.',
        data: { file: path, got, wanted },
      })
    }
  }
}
