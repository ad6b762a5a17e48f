import { readdir } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { RunRecord } from '../contracts/index.ts'
import { AtelierError, nearestName } from '../core/index.ts'
import { settleRun } from './crashed.ts'
import { openRun, type Run } from './run.ts'

const LIST_HINT = 'List the runs with `atelier runs ls`.'

/** All runs under `root`, newest first. Folders that hold no run are passed over. */
export async function listRuns(root: string): Promise<Run[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const runs = await Promise.all(
    folders.map(({ name }) => openSettled(join(root, name)).catch(passOverOthers)),
  )
  return runs.filter((run) => run !== undefined).sort(byAge)
}

/** As it really stands: a run whose process was killed has crashed. */
async function openSettled(folder: string): Promise<Run> {
  return settleRun(await openRun(folder))
}

function passOverOthers(error: unknown): undefined {
  if (error instanceof AtelierError && error.code === 'RUN_NOT_FOUND') return undefined
  throw error
}

function byAge(a: Run, b: Run): number {
  return a.record.created < b.record.created ? 1 : -1
}

/**
 * A run by its id, the start or end of it, its folder, or `latest` (of those with `status`, where
 * given). Throws RUN_NOT_FOUND, naming the nearest id.
 */
export async function findRun(
  root: string,
  query: string,
  status?: RunRecord['status'],
): Promise<Run> {
  if (query === 'latest') return latestRun(root, status)
  if (query.includes('/') || query.includes(sep)) return openSettled(resolve(query))
  const runs = await listRuns(root)
  const exact = runs.find(({ record }) => record.id === query)
  if (exact !== undefined) return exact
  const matches = runs.filter(
    ({ record: { id } }) => id.startsWith(query) || id.endsWith(`-${query}`),
  )
  if (matches.length === 1) return matches[0]!
  throw notFound(root, query, runs, matches)
}

async function latestRun(root: string, status?: RunRecord['status']): Promise<Run> {
  const runs = await listRuns(root)
  const latest = runs.find(({ record }) => status === undefined || record.status === status)
  if (latest !== undefined) return latest
  const what = status === undefined ? 'run' : `${status} run`
  throw new AtelierError('RUN_NOT_FOUND', `There is no ${what} in ${root}.`, {
    hint: 'Start one with `atelier train`.',
  })
}

function notFound(
  root: string,
  query: string,
  runs: readonly Run[],
  matches: readonly Run[],
): AtelierError {
  if (matches.length > 1) {
    const ids = matches.map(({ record }) => record.id)
    return new AtelierError('RUN_NOT_FOUND', `"${query}" fits ${ids.length} runs in ${root}.`, {
      hint: `Name one of: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ' …' : ''}.`,
    })
  }
  // compared with the whole id and with its two words
  const names = new Map(
    runs.flatMap(({ record: { id } }) => [
      [id, id] as const,
      [id.split('-').slice(-2).join('-'), id] as const,
    ]),
  )
  const nearest = nearestName(query, names.keys())
  return new AtelierError('RUN_NOT_FOUND', `There is no run "${query}" in ${root}.`, {
    hint: nearest === undefined ? LIST_HINT : `Did you mean ${names.get(nearest)}?`,
  })
}
