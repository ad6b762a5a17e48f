import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
} from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { sha256File } from '../core/index.ts'
import { indexRun } from './index-run.ts'
import type { RunsChange } from './label-runs.ts'
import { openRun } from './run.ts'
import {
  type ArchivedFile,
  archivedFiles,
  MANIFEST,
  MOST_MANIFEST_BYTES,
  parseManifest,
  type RunsManifest,
} from './run-archive.ts'
import { archiveError, readTar, type TarEntry } from './tar.ts'
import { requireRoom, trashOf } from './trash.ts'

/**
 * Takes in what `exportRuns` wrote, a tar file or a folder. Everything is unpacked beside the runs
 * and compared with the manifest before the first run appears; on any failure nothing has changed.
 * Throws RUN_ARCHIVE for what is damaged, too much, missing, or placed outside of a run's folder, and
 * RUN_EXISTS for a run that is here already, in the trash too.
 */
export async function importRuns(
  root: string,
  source: string,
  { store }: RunsChange = {},
): Promise<string[]> {
  const staging = join(root, `.import-${randomBytes(6).toString('hex')}.tmp`)
  const entry = await lstat(source).catch((cause: unknown) => {
    throw archiveError(`There is no ${source}.`, cause)
  })
  try {
    await mkdir(staging, { recursive: true })
    const unpack = entry.isDirectory() ? unpackFolder : unpackArchive
    const manifest = await unpack(root, resolve(source), staging)
    const ids = manifest.runs.map(({ id }) => id)
    for (const id of ids) await requireRun(join(staging, id), id)
    await requireFree(root, manifest)
    for (const id of ids) await rename(join(staging, id), join(root, id))
    if (store !== undefined) {
      for (const id of ids) await indexRun(await openRun(join(root, id)), store)
    }
    return ids
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function requireFree(root: string, { runs }: RunsManifest): Promise<void> {
  const records = runs.map(({ id }) => ({ record: { id } }))
  await requireRoom(root, records)
  await requireRoom(trashOf(root), records)
}

/** The folder must hold the run that it is named for. */
async function requireRun(folder: string, id: string): Promise<void> {
  const run = await openRun(folder).catch((cause: unknown) => {
    throw archiveError(`${id} has no run.json of this version.`, cause)
  })
  if (run.record.id !== id) throw archiveError(`${id} holds the run ${run.record.id}.`)
}

async function unpackArchive(root: string, source: string, staging: string): Promise<RunsManifest> {
  const file = await open(source)
  try {
    let manifest: RunsManifest | undefined
    let wanted = new Map<string, ArchivedFile>()
    for await (const entry of readTar(file)) {
      if (manifest === undefined) {
        manifest = await readManifest(file, entry)
        await requireFree(root, manifest)
        wanted = new Map(archivedFiles(manifest).map((one) => [one.path, one]))
        continue
      }
      const one = wanted.get(entry.path)
      // a second of the same path, too
      if (one === undefined) throw archiveError(`${entry.path} is not in its manifest.`)
      wanted.delete(entry.path)
      if (entry.bytes !== one.bytes) throw changed(one)
      const { offset, bytes } = entry
      const content =
        bytes === 0 ? [] : createReadStream(source, { start: offset, end: offset + bytes - 1 })
      await place(content, one, staging)
    }
    if (manifest === undefined) throw archiveError('The archive is empty.')
    for (const { path } of wanted.values()) throw archiveError(`${path} is missing.`)
    return manifest
  } finally {
    await file.close()
  }
}

async function readManifest(file: FileHandle, { path, bytes, offset }: TarEntry) {
  if (path !== MANIFEST || bytes > MOST_MANIFEST_BYTES) {
    throw archiveError(`It is not an export of runs: its first file is not ${MANIFEST}.`)
  }
  const { buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, offset)
  return parseManifest(buffer.toString('utf8'))
}

async function unpackFolder(root: string, source: string, staging: string): Promise<RunsManifest> {
  const text = await readFile(join(source, MANIFEST), 'utf8').catch((cause: unknown) => {
    throw archiveError(`There is no ${MANIFEST} in ${source}.`, cause)
  })
  const manifest = parseManifest(text)
  await requireFree(root, manifest)
  const wanted = archivedFiles(manifest)
  const known = new Set([MANIFEST, ...wanted.map(({ path }) => path)])
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
      .slice(source.length + 1)
      .replaceAll('\\', '/')
    if (!entry.isDirectory() && !(entry.isFile() && known.has(path))) {
      throw archiveError(`${path} is not in its manifest, or not a file.`)
    }
  }
  for (const one of wanted) {
    await lstat(join(source, one.path)).catch((cause: unknown) => {
      throw archiveError(`${one.path} is missing.`, cause)
    })
    await place(createReadStream(join(source, one.path)), one, staging)
  }
  return manifest
}

async function place(
  content: NodeJS.ReadableStream | readonly Buffer[],
  one: ArchivedFile,
  staging: string,
): Promise<void> {
  const target = join(staging, one.path)
  await mkdir(dirname(target), { recursive: true })
  await pipeline(content, createWriteStream(target, { flags: 'wx', flush: true }))
  const { size } = await lstat(target)
  if (size !== one.bytes || (await sha256File(target)) !== one.sha256) throw changed(one)
}

function changed({ path }: ArchivedFile): Error {
  return archiveError(`${path} is not what its manifest says: its bytes were changed.`)
}
