import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { AtelierError, digestOf, systemClock } from '../core/index.ts'
import {
  type ActiveRun,
  createRunFolder,
  LoggedRun,
  lockRun,
  openRunStore,
  sweepTrial,
} from '../tracking/index.ts'

export interface InitOptions {
  /** Name under which runs are gathered. */
  readonly project: string
  /** What the run is done with: anything that JSON can hold. */
  readonly config?: object
  /** Stands in the run's id; else the project does. */
  readonly name?: string
  readonly tags?: readonly string[]
  readonly notes?: string
  /** Folder of the run folders; default `runs`. */
  readonly root?: string
  /** A PostgreSQL database; default the environment's DATABASE_URL, else SQLite. */
  readonly databaseUrl?: string
  /** The SQLite file; default `.atelier/atelier.db`. Null: no database, only the run's folder. */
  readonly database?: string | null
  /** Seconds between measurements of CPU and memory, default 10; null: none. */
  readonly systemSeconds?: number | null
}

/**
 * Starts a run of the calling program: a folder as `atelier train` makes it, listed beside the
 * others. A run that is not finished is `failed` when the program ends by an error, `interrupted`
 * by a signal, and `crashed` when its process is just gone; what was logged until then is kept, of
 * a killed process up to its last second.
 */
export async function init(options: InitOptions): Promise<ActiveRun> {
  const { project, config = {}, name = project, tags = [], notes = '' } = options
  if (typeof project !== 'string' || project === '') {
    throw new AtelierError('RUN_VALUE_INVALID', 'init needs the name of a project.', {
      hint: "For example: await init({ project: 'digits', config: { lr: 0.01 } }).",
    })
  }
  const plain = plainConfig(config)
  const clock = systemClock
  const run = await createRunFolder(resolve(options.root ?? 'runs'), {
    name,
    project,
    configYaml: stringify(plain),
    overrides: [],
    command: process.argv,
    libraries: { atelier: await ownVersion() },
    described: {
      config_digest: digestOf(plain),
      seed: seedOf(plain),
      sweep: sweepTrial(process.env),
      tags: [...new Set(tags)],
      notes,
    },
    clock,
  })
  return new LoggedRun({
    run,
    lock: await lockRun(run.folder),
    openStore: storeOpener(options),
    systemSeconds: options.systemSeconds === undefined ? 10 : options.systemSeconds,
    clock,
    logger: { info: say, warn: say },
  })
}

function storeOpener({ database, databaseUrl }: InitOptions) {
  if (database === null) return undefined
  const url = databaseUrl ?? process.env['DATABASE_URL']
  const path = resolve(database ?? join('.atelier', 'atelier.db'))
  return () => openRunStore({ url, path })
}

/** As it will be read again: dates become text, what has no JSON is left out. */
function plainConfig(config: object): Record<string, unknown> {
  try {
    const plain: unknown = JSON.parse(JSON.stringify(config))
    if (typeof plain === 'object' && plain !== null && !Array.isArray(plain)) {
      return plain as Record<string, unknown>
    }
  } catch (cause) {
    throw new AtelierError('RUN_VALUE_INVALID', 'The config of a run must be plain values.', {
      hint: 'Give names, numbers, text and lists; no object that holds itself.',
      cause,
    })
  }
  throw new AtelierError('RUN_VALUE_INVALID', 'The config of a run must be an object.')
}

function seedOf({ seed }: Readonly<Record<string, unknown>>): number | null {
  return typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0 ? seed : null
}

async function ownVersion(): Promise<string> {
  const text = await readFile(resolve(import.meta.dirname, '../../package.json'), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

function say(message: string): void {
  process.stderr.write(`atelier: ${message}\n`)
}
