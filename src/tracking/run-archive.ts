import { z } from 'zod'
import { type Artifact, artifactSchema } from '../contracts/index.ts'
import { requireId } from './label-runs.ts'
import { isSafePath } from './safe-path.ts'
import { archiveError } from './tar.ts'

/** The first file of an archive, and beside the runs of an exported folder. */
export const MANIFEST = 'manifest.json'
/** Enough for a hundred thousand files. */
export const MOST_MANIFEST_BYTES = 2 ** 25

const manifestSchema = z.strictObject({
  format: z.literal('atelier-runs'),
  version: z.literal(1),
  created: z.iso.datetime(),
  runs: z
    .array(
      z.strictObject({
        id: z.string(),
        /** Every file of the run, by its path inside the run's folder. */
        files: z.array(artifactSchema).min(1),
      }),
    )
    .min(1),
})
export type RunsManifest = z.infer<typeof manifestSchema>

/** A file of an archive: `ID/PATH`. */
export interface ArchivedFile extends Artifact {
  readonly id: string
  readonly inside: string
}

/** Throws RUN_ARCHIVE for what is no manifest, or one that names what must not be written. */
export function parseManifest(text: string): RunsManifest {
  try {
    const manifest = manifestSchema.parse(JSON.parse(text))
    const paths = archivedFiles(manifest).map(({ path }) => path.toLowerCase())
    // a file system that ignores case would write one over the other
    if (new Set(paths).size !== paths.length) throw archiveError('It names a file twice.')
    return manifest
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'RUN_ARCHIVE') throw error
    throw archiveError('It is not an export of runs of this version.', error)
  }
}

export function archivedFiles({ runs }: RunsManifest): ArchivedFile[] {
  return runs.flatMap(({ id, files }) =>
    files.map((file) => {
      requireSafe(id, file.path)
      return { ...file, id, inside: file.path, path: `${id}/${file.path}` }
    }),
  )
}

function requireSafe(id: string, path: string): void {
  requireId(id)
  if (!isSafePath(path)) throw archiveError(`It names "${path}", which is no file of a run.`)
}
