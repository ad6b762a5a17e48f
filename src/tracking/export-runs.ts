import { createReadStream } from 'node:fs'
import { copyFile, type FileHandle, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AtelierError, type Clock, replaceFile, sha256File, systemClock } from '../core/index.ts'
import { collectArtifacts } from './artifacts.ts'
import { settleRun } from './crashed.ts'
import { openRuns } from './label-runs.ts'
import type { Run } from './run.ts'
import { archivedFiles, MANIFEST, type RunsManifest } from './run-archive.ts'
import { isRunLocked } from './run-lock.ts'
import { archiveError, TAR_END, tarHeader, tarPadding } from './tar.ts'

/** Of the run itself; they are no artifacts of it. */
const OWN_FILES = ['run.json', 'artifacts.json']

export interface ExportResult {
  readonly target: string
  readonly runs: readonly string[]
  readonly files: number
  readonly bytes: number
}

/**
 * Writes runs whole, with a manifest of all files and their SHA-256, to a file that ends in `.tar`,
 * or else to a new folder. Throws RUN_NOT_FOUND, RUN_LOCKED for a run at work, RUN_EXISTS for a folder
 * that holds something.
 */
export async function exportRuns(
  root: string,
  ids: readonly string[],
  target: string,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<ExportResult> {
  const runs = await Promise.all((await openRuns(root, ids)).map((run) => idle(run, clock)))
  const manifest = await describe(runs, clock)
  const write = target.endsWith('.tar') ? writeArchive : writeFolder
  await write(root, manifest, resolve(target), clock)
  const files = archivedFiles(manifest)
  return {
    target: resolve(target),
    runs: manifest.runs.map(({ id }) => id),
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

async function idle(run: Run, clock: Clock): Promise<Run> {
  if (await isRunLocked(run.folder)) {
    throw new AtelierError('RUN_LOCKED', `${run.record.id} is at work.`, {
      hint: 'Stop it first, or wait until it ends.',
    })
  }
  return settleRun(run, clock)
}

async function describe(runs: readonly Run[], clock: Clock): Promise<RunsManifest> {
  const described: RunsManifest['runs'] = []
  for (const { record, folder } of runs) {
    const files = await collectArtifacts(folder)
    for (const path of OWN_FILES) {
      const file = join(folder, path)
      const size = await stat(file).then(
        (entry) => entry.size,
        () => undefined,
      )
      if (size !== undefined) files.push({ path, bytes: size, sha256: await sha256File(file) })
    }
    described.push({ id: record.id, files })
  }
  const created = new Date(clock.now()).toISOString()
  return { format: 'atelier-runs', version: 1, created, runs: described }
}

const manifestText = (manifest: RunsManifest) => `${JSON.stringify(manifest, null, 1)}\n`

async function writeArchive(
  root: string,
  manifest: RunsManifest,
  target: string,
  clock: Clock,
): Promise<void> {
  await replaceFile(target, async (file) => {
    const text = Buffer.from(manifestText(manifest))
    const head = tarHeader({ path: MANIFEST, bytes: text.length }, clock.now())
    await writeAll(file, Buffer.concat([head, text, tarPadding(text.length)]))
    for (const { path, bytes } of archivedFiles(manifest)) {
      await writeAll(file, tarHeader({ path, bytes }, clock.now()))
      let written = 0
      for await (const chunk of createReadStream(join(root, path))) {
        written += (chunk as Buffer).length
        await writeAll(file, chunk as Buffer)
      }
      if (written !== bytes) throw archiveError(`${path} changed while it was exported.`)
      await writeAll(file, tarPadding(bytes))
    }
    await writeAll(file, TAR_END)
  })
}

/** One write may take only a part of the bytes. */
async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done)).bytesWritten
  }
}

async function writeFolder(root: string, manifest: RunsManifest, target: string): Promise<void> {
  const names = await readdir(target).catch(() => [])
  if (names.length > 0) {
    throw new AtelierError('RUN_EXISTS', `${target} is not empty.`, {
      hint: 'Name a new folder, or a file that ends in .tar.',
    })
  }
  const staging = join(dirname(target), `.${process.pid}-${Date.now()}.tmp`)
  try {
    for (const { path } of archivedFiles(manifest)) {
      await mkdir(dirname(join(staging, path)), { recursive: true })
      await copyFile(join(root, path), join(staging, path))
    }
    await replaceFile(join(staging, MANIFEST), async (file) =>
      writeAll(file, Buffer.from(manifestText(manifest))),
    )
    await rm(target, { recursive: true, force: true })
    await rename(staging, target)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}
