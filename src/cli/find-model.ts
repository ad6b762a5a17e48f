import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BundleManifest } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'
import { findRun, openRun, type Run } from '../tracking/index.ts'
import type { CommandContext } from './context.ts'

export interface FoundModel {
  readonly path: string
  /** The run whose folder the file was looked up in; undefined for a path. */
  readonly run: Run | undefined
}

/**
 * The model a command means: a run, a path of a model.onnx, else `MODEL_URI`, else the newest
 * completed run. Throws RUN_NOT_FOUND or MODEL_NOT_FOUND.
 */
export async function findModel(
  { cwd, env }: Pick<CommandContext, 'cwd' | 'env'>,
  query: string | undefined,
  runs: string,
): Promise<FoundModel> {
  const wanted = query ?? env['MODEL_URI'] ?? 'latest'
  const path = pathOf(wanted, cwd)
  if (await isFile(path)) return { path, run: undefined }
  if (wanted.endsWith('.onnx')) {
    throw new AtelierError('MODEL_NOT_FOUND', `There is no model file ${path}.`, {
      hint: 'Train one with `atelier train`, or name a run: `atelier runs ls`.',
    })
  }
  const run = await findRun(runs, isFolder(wanted) ? path : wanted, 'completed')
  if (!(await isFile(run.files.model))) {
    throw new AtelierError(
      'MODEL_NOT_FOUND',
      `${run.record.id} has no exported model; it is ${run.record.status}.`,
      { hint: `Finish it with \`atelier resume ${run.record.id}\`.` },
    )
  }
  return { path: run.files.model, run }
}

/** The run that made a model, if it is here and still holds the same weights. */
export async function runOfModel(
  { path, run }: FoundModel,
  manifest: BundleManifest,
  runs: string,
): Promise<Run | undefined> {
  if (run !== undefined) return run
  for (const folder of [dirname(path), resolve(runs, manifest.run_id)]) {
    const found = await openRun(folder).catch(noRun)
    if (found?.record.weight_digest === manifest.weight_digest) return found
  }
  return undefined
}

function noRun(error: unknown): undefined {
  if (error instanceof AtelierError && error.code === 'RUN_NOT_FOUND') return undefined
  throw error
}

function pathOf(wanted: string, cwd: string): string {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(wanted) && !wanted.startsWith('file://')) {
    throw new AtelierError('MODEL_NOT_FOUND', `${wanted} is not a file on this machine.`, {
      hint: 'Copy the model here and name its path.',
    })
  }
  return wanted.startsWith('file://') ? fileURLToPath(wanted) : resolve(cwd, wanted)
}

const isFolder = (query: string) => /[/\\]/.test(query)

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  )
}
