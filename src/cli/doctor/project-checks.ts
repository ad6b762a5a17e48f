/** Looks at a project whose settings are known. Each throws what the code it calls throws: that is a finding, too. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { loadBundle } from '../../bundle/index.ts'
import type { ProjectConfig } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { openDataset } from '../../data/index.ts'
import { parseLogPlace, readCsvWindow } from '../../monitoring/index.ts'
import { formatModelUri, isModelUri } from '../../registry/index.ts'
import { pendingRuns } from '../../trackers/index.ts'
import type { CommandContext } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'
import { findModel } from '../find-model.ts'
import { withConfiguredRegistry } from '../models/with-registry.ts'
import { openLog } from '../monitor/open-log.ts'
import { storeOpener } from '../open-store.ts'
import { plural } from '../plural.ts'
import { type DoctorFinding, ok, problem, skipped, warning } from './finding.ts'
import { existingFolder, probeFolder } from './machine-facts.ts'

const ONE_PICTURE = { threads: 1, batchSize: 1 } as const
const PREPARE = 'Run `atelier data prepare`.'

/** Every folder that commands write to takes a file. */
export async function lookAtFolders(cwd: string, config: ProjectConfig): Promise<DoctorFinding> {
  const { paths, tracking, data } = config
  const folders = [...Object.values(paths), dirname(tracking.database), data.processed]
  const refused: string[] = []
  for (const name of new Set(folders)) {
    const folder = resolve(cwd, name)
    const nearest = await existingFolder(folder)
    const code = await probeFolder(nearest).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    )
    if (code !== undefined) refused.push(`${name} (${code})`)
  }
  if (refused.length === 0) return ok([...new Set(folders)].join(', '))
  return problem(
    `cannot write to ${refused.join(', ')}`,
    'Make them folders of the user who runs this: `ls -ld`, `chown`.',
  )
}

/** The prepared data is there, made with these settings, and its files are as its manifest says. */
export async function lookAtData(cwd: string, { data }: ProjectConfig): Promise<DoctorFinding> {
  const folder = resolve(cwd, data.processed)
  try {
    const { manifest } = await openDataset(folder, { config: data, verify: true })
    const images = Object.values(manifest.splits).reduce((sum, { size }) => sum + size, 0)
    return ok(`${manifest.name}, ${images} images, digest ${manifest.digest.slice(0, 12)}`)
  } catch (error) {
    if (!(error instanceof AtelierError) || error.code !== 'DATA_NOT_FOUND') throw error
    return warning(`${data.name} is not prepared`, error.hint ?? PREPARE)
  }
}

/** Versions of data: whether they can be read; their content is `data doctor`'s. */
export async function lookAtVersions(context: CommandContext): Promise<DoctorFinding> {
  if (!existsSync(join(context.cwd, '.dvc'))) {
    return skipped('data is not versioned here; `atelier data init` begins it')
  }
  return withDataRepository(context, async () =>
    ok('.dvc is readable; `atelier data doctor` compares every object'),
  )
}

/** Opening brings the tables to the newest version, as every command does. */
export async function lookAtRuns(
  context: CommandContext,
  config: ProjectConfig,
): Promise<DoctorFinding> {
  if (!hasDatabase(context, config)) return skipped('no run was made yet')
  const store = await storeOpener(context, config)()
  try {
    const { total } = await store.find({ limit: 1 })
    return ok(`${placeName(context, config)}, ${plural(total, 'run')}`)
  } finally {
    await store.close()
  }
}

/** Digests of history, versions and files. */
export async function lookAtRegistry(
  context: CommandContext,
  config: ProjectConfig,
): Promise<DoctorFinding> {
  if (!hasDatabase(context, config)) return skipped('no model was registered yet')
  return withConfiguredRegistry(context, config, async (registry) => {
    const { versions, files, problems } = await registry.verify()
    const [first] = problems
    if (first !== undefined) {
      const more = problems.length > 1 ? `, and ${problems.length - 1} more` : ''
      return problem(
        `${first.where} ${first.what}${more}`,
        'Look at `atelier models verify`; bring files back from a copy.',
      )
    }
    if (versions === 0) return skipped('no model was registered yet')
    return ok(
      `${plural(versions, 'version')} and ${plural(files, 'file')} are as they were written`,
    )
  })
}

/** What `production` points at loads and has its manifest. */
export async function lookAtProduction(
  context: CommandContext,
  config: ProjectConfig,
): Promise<DoctorFinding> {
  const { name } = config.registry
  const none = skipped(`no version of ${name} is in production`)
  if (!hasDatabase(context, config)) return none
  return withConfiguredRegistry(context, config, async (registry) => {
    try {
      const resolved = await registry.resolve(`models:/${name}@production`)
      const bundle = await loadBundle(await registry.read(resolved.sha256), ONE_PICTURE)
      await bundle.close()
      const { version } = resolved
      return ok(
        `${formatModelUri({ name, version })} loads, ${bundle.manifest.classes.length} classes`,
      )
    } catch (error) {
      if (error instanceof AtelierError && error.code === 'MODEL_NOT_FOUND') return none
      throw error
    }
  })
}

/** What `atelier serve` would load. */
export async function lookAtModel(
  context: CommandContext,
  config: ProjectConfig,
): Promise<DoctorFinding> {
  const { cwd, env } = context
  const named = env['MODEL_URI'] || undefined
  if (named !== undefined && /^(?!file:)[a-z][a-z0-9+.-]*:\/\//i.test(named)) {
    return skipped(`${named} is elsewhere: \`atelier serve\` fetches it`)
  }
  const wanted = named ?? join(config.paths.models, 'model.onnx')
  if (named === undefined && !existsSync(resolve(cwd, wanted))) {
    return skipped(`${wanted} is not there yet: \`atelier train\` makes it`)
  }
  const { content, source } = await findModel(context, wanted, config)
  const bundle = await loadBundle(content, ONE_PICTURE)
  await bundle.close()
  const { classes, run_id: run } = bundle.manifest
  const shown = isModelUri(wanted) ? wanted : source
  return ok(`${shown} loads: ${classes.length} classes, of the run ${run}`)
}

/** The prediction log can be read. What a killed service left is taken in, as every command does. */
export async function lookAtLog(
  context: CommandContext,
  config: ProjectConfig,
): Promise<DoctorFinding> {
  const named = context.env['LOG_URI'] || config.monitoring.log
  if (named === null) return skipped('predictions are not logged')
  const { csv, stored, name } = openLog(context, config, undefined)
  const place = parseLogPlace(name)
  const isAbsent =
    (place?.kind === 'csv' && !existsSync(resolve(context.cwd, place.path))) ||
    (place?.kind === 'database' && !hasDatabase(context, config))
  if (isAbsent) return skipped(`${name}: nothing was logged yet`)
  if (csv !== undefined) {
    const { rows } = await readCsvWindow(csv, {})
    return ok(`${name}, ${plural(rows.count, 'prediction')}`)
  }
  return stored(async (store) => {
    const models = await store.models()
    if (models.length === 0) return skipped(`${name}: nothing was logged yet`)
    const last = new Date(Math.max(...models.map((model) => model.last))).toISOString()
    return ok(`${name}, of ${plural(models.length, 'model')}, the last prediction at ${last}`)
  })
}

/** Runs that W&B, MLflow or TensorBoard have not all of. */
export async function lookAtTrackers(cwd: string, config: ProjectConfig): Promise<DoctorFinding> {
  const pending = await pendingRuns(resolve(cwd, config.paths.runs))
  if (pending.length === 0) return ok('nothing waits for other trackers')
  const { length } = pending
  const text = `${plural(length, 'run')} ${length === 1 ? 'waits' : 'wait'} for other trackers`
  return warning(text, 'Send them: `atelier sync`.')
}

function databasePlace({ cwd, env }: CommandContext, { tracking }: ProjectConfig) {
  return { url: env['DATABASE_URL'], path: resolve(cwd, tracking.database) }
}

/** A look is not to make a database where there is none. */
function hasDatabase(context: CommandContext, config: ProjectConfig): boolean {
  const { url, path } = databasePlace(context, config)
  return Boolean(url) || existsSync(path)
}

function placeName({ env }: CommandContext, { tracking }: ProjectConfig): string {
  return env['DATABASE_URL'] ? 'PostgreSQL' : tracking.database
}
