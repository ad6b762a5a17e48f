import { randomInt } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { type Config, configSchema, type RunRecord, runRecordSchema } from '../contracts/index.ts'
import { AtelierError, type Clock, digestOf, writeFileAtomic } from '../core/index.ts'
import { withEditLock } from './edit-lock.ts'
import { currentEnvironment } from './environment.ts'
import { gitState } from './git-state.ts'
import { type RunFiles, runFiles } from './run-files.ts'
import { createRunId } from './run-id.ts'

/** A run folder as it stood when it was read. `updateRun` gives the next state. */
export interface Run {
  readonly folder: string
  readonly files: RunFiles
  readonly record: RunRecord
}

export interface NewRun {
  readonly config: Config
  /** The resolved configuration as text; written from `config` when absent. */
  readonly configYaml?: string
  readonly overrides: readonly string[]
  /** The file and line, or the override, that set each value: `conf/config.yaml:9`. */
  readonly provenance?: readonly { readonly key: string; readonly origin: string }[]
  readonly dataset: RunRecord['dataset']
  readonly parameters: number
  readonly project: string
  /** The command line, word by word. */
  readonly command: readonly string[]
  /** Versions by package. */
  readonly libraries: Readonly<Record<string, string>>
  /** The trial of a sweep that the run is. */
  readonly sweep?: RunRecord['sweep']
  /** Stands in the run's id instead of the architecture. */
  readonly name?: string | undefined
  readonly clock: Clock
  /** A whole number below the bound, to draw the run's name. */
  readonly pick?: (bound: number) => number
}

const ATTEMPTS = 20

/** Makes a new run folder under `root`, which no other process can have made too. */
export async function createRun(root: string, options: NewRun): Promise<Run> {
  const { config } = options
  return createRunFolder(root, {
    ...options,
    name: options.name ?? config.model.type,
    configYaml: options.configYaml ?? stringify(config),
    described: {
      architecture: config.model.type,
      parameters: options.parameters,
      seed: config.seed,
      dataset: options.dataset,
      config_digest: digestOf(config),
      epochs: config.hyperparameters.epochs,
      sweep: options.sweep ?? null,
    },
  })
}

/** A new run of whatever program. */
export interface NewRunFolder
  extends Pick<NewRun, 'overrides' | 'provenance' | 'project' | 'command' | 'libraries'> {
  /** Stands in the run's id. */
  readonly name: string
  readonly configYaml: string
  /** What the program knows of the run; the rest is null. */
  readonly described: Partial<RunRecord> & Pick<RunRecord, 'config_digest'>
  readonly clock: Clock
  readonly pick?: (bound: number) => number
}

export async function createRunFolder(root: string, options: NewRunFolder): Promise<Run> {
  const { id, folder } = await makeFolder(root, options)
  const files = runFiles(folder)
  await writeFileAtomic(files.config, options.configYaml)
  await writeFileAtomic(files.overrides, stringify([...options.overrides]))
  const provenance = (options.provenance ?? []).map(({ key, origin }) => ({ key, origin }))
  await writeFileAtomic(files.provenance, `${JSON.stringify(provenance, null, 1)}\n`)
  // a run of elsewhere brings its own
  const state = 'git' in options.described ? undefined : await gitState(root)
  if (state !== undefined && state.diff !== '') await writeFileAtomic(files.diff, state.diff)
  const time = new Date(options.clock.now()).toISOString()
  const record: RunRecord = {
    format: 'atelier-run',
    version: 2,
    id,
    project: options.project,
    status: 'running',
    created: time,
    updated: time,
    seconds: 0,
    architecture: null,
    parameters: null,
    seed: null,
    dataset: null,
    epochs: null,
    step: 0,
    best: null,
    weight_digest: null,
    test_looks: 0,
    failure: null,
    summary: {},
    tags: [],
    notes: '',
    command: [...options.command],
    git: state?.git ?? null,
    environment: currentEnvironment(options.libraries),
    sweep: null,
    ...options.described,
  }
  return writeRecord({ folder, files, record })
}

async function makeFolder(root: string, { name, clock, pick = randomInt }: NewRunFolder) {
  await mkdir(root, { recursive: true })
  for (let attempt = 0; ; attempt++) {
    const id = createRunId(clock.now(), name, pick)
    const folder = join(root, id)
    try {
      await mkdir(folder)
      return { id, folder }
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EEXIST'
      if (!isTaken || attempt === ATTEMPTS) throw error
    }
  }
}

/** Reads the run in `folder`. Throws RUN_NOT_FOUND when it holds none. */
export async function openRun(folder: string): Promise<Run> {
  const files = runFiles(folder)
  const text = await readFile(files.record, 'utf8').catch((cause: unknown) => {
    throw new AtelierError('RUN_NOT_FOUND', `${folder} is not a run folder (no run.json).`, {
      hint: 'List the runs with `atelier runs ls`.',
      cause,
    })
  })
  try {
    return { folder, files, record: runRecordSchema.parse(JSON.parse(text)) }
  } catch (cause) {
    throw new AtelierError(
      'RUN_NOT_FOUND',
      `${files.record} is not a run record of this version.`,
      {
        cause,
      },
    )
  }
}

/** New values of a record's fields; a function is given the fields as they stand. */
export type RecordChange = Partial<RunRecord> | ((record: RunRecord) => Partial<RunRecord>)

/**
 * Writes a change to the run's record and gives the run with it. Fields that are not in the change
 * stay as they are on the disk, whoever wrote them.
 */
export async function updateRun(run: Run, clock: Clock, change: RecordChange): Promise<Run> {
  return withEditLock(run.folder, async () => {
    const record = await recordOnDisk(run)
    const changed = typeof change === 'function' ? change(record) : change
    const updated = new Date(clock.now()).toISOString()
    return writeRecord({ ...run, record: { ...record, ...changed, updated } })
  })
}

async function recordOnDisk(run: Run): Promise<RunRecord> {
  try {
    return (await openRun(run.folder)).record
  } catch (error) {
    if (error instanceof AtelierError && error.code === 'RUN_NOT_FOUND') return run.record
    throw error
  }
}

async function writeRecord(run: Run): Promise<Run> {
  const record = runRecordSchema.parse(run.record)
  await writeFileAtomic(run.files.record, `${JSON.stringify(record, null, 2)}\n`)
  return run
}

/** The configuration that the run was started with. */
export async function readRunConfig(run: Run): Promise<Config> {
  if (run.record.architecture === null) {
    throw new AtelierError(
      'CONFIG_INVALID_VALUE',
      `${run.record.id} is not a run of \`atelier train\`.`,
      {
        hint: 'A program of its own logged it; that can be run again.',
      },
    )
  }
  const text = await readFile(run.files.config, 'utf8')
  const parsed = configSchema.safeParse(parse(text))
  if (parsed.success) return parsed.data
  throw new AtelierError(
    'CONFIG_INVALID_VALUE',
    `${run.files.config} does not hold a configuration of this version: ${parsed.error.issues[0]?.message}.`,
    { cause: parsed.error },
  )
}
