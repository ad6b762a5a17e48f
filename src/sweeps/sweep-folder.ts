import { randomInt } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { AtelierError, type Clock, nearestName, writeFileAtomic } from '../core/index.ts'
import { createRunId } from '../tracking/index.ts'
import type { SweepRequest } from './sweep-events.ts'
import { readJournal, SweepJournal } from './sweep-journal.ts'
import { replay, type SweepState } from './sweep-state.ts'

/** Where things lie in a sweep's folder. */
export interface SweepFiles {
  /** As given, byte for byte. */
  readonly definition: string
  readonly journal: string
  /** One text file per attempt: what its program printed. */
  readonly logs: string
  readonly figures: string
  readonly report: string
}

/** A sweep's folder as it stood when it was read. */
export interface Sweep {
  readonly folder: string
  readonly files: SweepFiles
  readonly state: SweepState
}

function sweepFiles(folder: string): SweepFiles {
  return {
    definition: join(folder, 'sweep.yaml'),
    journal: join(folder, 'trials.jsonl'),
    logs: join(folder, 'logs'),
    figures: join(folder, 'figures'),
    report: join(folder, 'report.html'),
  }
}

export interface NewSweep {
  /** Of the sweep file. */
  readonly bytes: Uint8Array
  /** Stands in the id. */
  readonly name: string
  readonly request: Omit<SweepRequest, 'type' | 'version' | 'time' | 'id'>
  readonly clock: Clock
}

const ATTEMPTS = 20

/** Makes a new sweep's folder under `root`, which no other process can have made too. */
export async function createSweep(root: string, options: NewSweep): Promise<Sweep> {
  const { id, folder } = await makeFolder(root, options)
  const files = sweepFiles(folder)
  await writeFileAtomic(files.definition, options.bytes)
  const request = { type: 'sweep', version: 1, time: options.clock.now(), id } as const
  const journal = await SweepJournal.open(files.journal)
  journal.append({ ...request, ...options.request })
  journal.close()
  return openSweep(folder)
}

async function makeFolder(root: string, { name, clock }: NewSweep) {
  await mkdir(root, { recursive: true })
  for (let attempt = 0; ; attempt++) {
    const id = createRunId(clock.now(), name, randomInt)
    try {
      await mkdir(join(root, id))
      return { id, folder: join(root, id) }
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EEXIST'
      if (!isTaken || attempt === ATTEMPTS) throw error
    }
  }
}

/** Reads the sweep in `folder`. Throws SWEEP_NOT_FOUND when it holds none, SWEEP_DAMAGED. */
export async function openSweep(folder: string): Promise<Sweep> {
  const files = sweepFiles(folder)
  return { folder, files, state: replay(await readJournal(files.journal), files.journal) }
}

/** The sweep file's bytes as they were given. */
export function readDefinition({ files }: Sweep): Promise<Uint8Array> {
  return readFile(files.definition)
}

/**
 * All sweeps under `root`, newest first. Folders that hold no sweep are passed over, and damaged ones
 * told of.
 */
export async function listSweeps(
  root: string,
  onDamaged: (error: AtelierError) => void = () => {},
): Promise<Sweep[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const passOver = (error: unknown): undefined => {
    if (!(error instanceof AtelierError)) throw error
    if (error.code !== 'SWEEP_NOT_FOUND') onDamaged(error)
  }
  const sweeps = await Promise.all(
    folders.map(({ name }) => openSweep(join(root, name)).catch(passOver)),
  )
  return sweeps
    .filter((sweep) => sweep !== undefined)
    .sort((a, b) => b.state.request.time - a.state.request.time)
}

/**
 * A sweep by its id, the start or end of it, its folder, or `latest`. Throws SWEEP_NOT_FOUND, naming
 * the nearest id.
 */
export async function findSweep(root: string, query: string): Promise<Sweep> {
  if (query.includes('/') || query.includes(sep)) return openSweep(resolve(query))
  const damaged: AtelierError[] = []
  const sweeps = await listSweeps(root, (error) => damaged.push(error))
  const own = damaged.find(({ message }) => query !== 'latest' && message.includes(query))
  if (own !== undefined) throw own
  const idOf = ({ state }: Sweep) => state.request.id
  const matches = sweeps.filter((sweep) => {
    const id = idOf(sweep)
    return id === query || id.startsWith(query) || id.endsWith(`-${query}`)
  })
  const found = query === 'latest' ? sweeps[0] : matches.find((sweep) => idOf(sweep) === query)
  if (found !== undefined) return found
  if (matches.length === 1) return matches[0]!
  throw notFound(root, query, sweeps.map(idOf), matches.map(idOf))
}

function notFound(
  root: string,
  query: string,
  ids: readonly string[],
  matches: readonly string[],
): AtelierError {
  if (matches.length > 1) {
    return new AtelierError('SWEEP_NOT_FOUND', `"${query}" fits ${matches.length} sweeps.`, {
      hint: `Name one of: ${matches.slice(0, 5).join(', ')}${matches.length > 5 ? ' …' : ''}.`,
    })
  }
  const names = ids.flatMap((id) => [
    [id, id] as const,
    [id.split('-').slice(-2).join('-'), id] as const,
  ])
  const byName = new Map(names)
  const nearest = nearestName(query, byName.keys())
  const what = query === 'latest' ? 'There is no sweep' : `There is no sweep "${query}"`
  const listing =
    ids.length === 0 ? 'Start one with `atelier sweep run`.' : 'See `atelier sweep ls`.'
  return new AtelierError('SWEEP_NOT_FOUND', `${what} in ${root}.`, {
    hint: nearest === undefined ? listing : `Did you mean ${byName.get(nearest)}?`,
  })
}
