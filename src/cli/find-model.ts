import { readFile, stat } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BundleManifest, ProjectConfig } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'
import { formatModelUri, isModelUri } from '../registry/index.ts'
import { findRun, openRun, type Run } from '../tracking/index.ts'
import type { CommandContext } from './context.ts'
import { withConfiguredRegistry } from './models/with-registry.ts'

export interface FoundModel {
  /** What the model is called: its path from here, or `models:/name/3`. */
  readonly source: string
  /** The path of the file; of a registered model its bytes, which were compared with their SHA-256. */
  readonly content: string | Uint8Array
  /** The run whose folder the file was looked up in; undefined for a path or a registered model. */
  readonly run: Run | undefined
}

/** What finding a model needs of the configuration. */
type Places = Pick<ProjectConfig, 'paths' | 'tracking' | 'registry'>

/**
 * The model a command means: a run, a path of a model.onnx, a registered one (`models:/…`), else
 * `MODEL_URI`, else the newest completed run. Throws RUN_NOT_FOUND or MODEL_NOT_FOUND.
 */
export async function findModel(
  context: Pick<CommandContext, 'cwd' | 'env' | 'clock'>,
  query: string | undefined,
  places: Places,
): Promise<FoundModel> {
  const { cwd, env } = context
  const wanted = query ?? env['MODEL_URI'] ?? 'latest'
  if (isModelUri(wanted)) return registeredModel(context, wanted, places)
  const path = pathOf(wanted, cwd)
  if (await isFile(path)) return { source: relative(cwd, path), content: path, run: undefined }
  if (wanted.endsWith('.onnx')) {
    throw new AtelierError('MODEL_NOT_FOUND', `There is no model file ${path}.`, {
      hint: 'Train one with `atelier train`, or name a run: `atelier runs ls`.',
    })
  }
  const runs = resolve(cwd, places.paths.runs)
  const run = await findRun(runs, isFolder(wanted) ? path : wanted, 'completed')
  const { model } = run.files
  if (!(await isFile(model))) {
    throw new AtelierError(
      'MODEL_NOT_FOUND',
      `${run.record.id} has no exported model; it is ${run.record.status}.`,
      { hint: `Finish it with \`atelier resume ${run.record.id}\`.` },
    )
  }
  return { source: relative(cwd, model), content: model, run }
}

function registeredModel(
  context: Pick<CommandContext, 'cwd' | 'env' | 'clock'>,
  uri: string,
  places: Places,
): Promise<FoundModel> {
  return withConfiguredRegistry(context, places, async (registry) => {
    const { name, version, sha256 } = await registry.resolve(uri)
    const content = await registry.read(sha256)
    return { source: formatModelUri({ name, version }), content, run: undefined }
  })
}

/** The bytes of a found model. */
export async function readFoundModel({ content }: FoundModel): Promise<Uint8Array> {
  return typeof content === 'string' ? readFile(content) : content
}

/** The run that made a model, if it is here and still holds the same weights. */
export async function runOfModel(
  { content, run }: FoundModel,
  manifest: BundleManifest,
  runs: string,
): Promise<Run | undefined> {
  if (run !== undefined) return run
  const beside = typeof content === 'string' ? [dirname(content)] : []
  for (const folder of [...beside, resolve(runs, manifest.run_id)]) {
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
