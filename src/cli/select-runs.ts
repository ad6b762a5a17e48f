import { join, resolve } from 'node:path'
import { AtelierError, nearestName } from '../core/index.ts'
import { entryOf, type RunEntry } from '../tracking/index.ts'
import { checkedFilter } from './check-run-keys.ts'
import type { RunIndex } from './run-index.ts'

/** Where a run is looked for: outside the trash, in it, or in both. */
export type Place = 'listed' | 'trash' | 'both'

const MOST_NAMED = 6
/** Runs among whose ids a mistyped one is looked for. */
const NEARBY = 1000

/** The runs that words name, each once, in the order of the words. Throws RUN_NOT_FOUND. */
export async function selectRuns(
  index: RunIndex,
  cwd: string,
  words: readonly string[],
  place: Place = 'listed',
): Promise<RunEntry[]> {
  const entries = new Map<string, RunEntry>()
  for (const word of words) {
    const entry = await selectRun(index, cwd, word, place)
    entries.set(entry.record.id, entry)
  }
  return [...entries.values()]
}

const PAGE = 500

/** Runs by words or by a filter, one of which is wanted. Throws USAGE, RUN_NOT_FOUND, FILTER_INVALID. */
export async function selectByWordsOrFilter(
  index: RunIndex,
  cwd: string,
  words: readonly string[],
  filter: string | undefined,
): Promise<RunEntry[]> {
  if ((words.length === 0) === (filter === undefined)) {
    const what = filter === undefined ? 'No run is named.' : 'Runs and --filter go not together.'
    throw new AtelierError('USAGE', what, {
      hint: "Name runs, or all that fit with --filter 'status = crashed'.",
    })
  }
  if (filter === undefined) return selectRuns(index, cwd, words)
  const parsed = await checkedFilter(index, filter)
  const entries: RunEntry[] = []
  for (;;) {
    const page = await index.store.find({ filter: parsed, limit: PAGE, offset: entries.length })
    entries.push(...page.entries)
    if (page.entries.length < PAGE) return entries
  }
}

/**
 * A run by its id, the start or end of it, its folder, or `latest`. Throws RUN_NOT_FOUND, with the
 * nearest id, or with those that the word fits.
 */
export async function selectRun(
  index: RunIndex,
  cwd: string,
  word: string,
  place: Place = 'listed',
): Promise<RunEntry> {
  if (word === 'latest') return latestRun(index, place)
  if (/[/\\]/.test(word)) return entryOf(resolve(cwd, word))
  const found = await candidates(index, word)
  const exact = found.find(({ record }) => record.id === word)
  const fitting = exact === undefined ? found.filter(isIn(place)) : [exact].filter(isIn(place))
  if (fitting.length === 1) return fitting[0]!
  if (fitting.length > 1) throw ambiguous(word, fitting)
  if (found.length > 0) throw elsewhere(found[0]!)
  return (await onDisk(index, word)) ?? Promise.reject(await notFound(index, word))
}

/** A run that the database missed, it having been away, is still in its folder. */
async function onDisk({ root }: RunIndex, word: string): Promise<RunEntry | undefined> {
  if (word === '' || word.startsWith('.')) return undefined
  return entryOf(join(root, word)).catch(() => undefined)
}

const isIn = (place: Place) => (entry: RunEntry) =>
  place === 'both' || (entry.trashed !== null) === (place === 'trash')

async function candidates({ store }: RunIndex, word: string): Promise<RunEntry[]> {
  const ids = word === '' ? [] : await store.findIds(word, MOST_NAMED)
  const entries = await Promise.all(ids.map((id) => store.get(id)))
  return entries.filter((entry) => entry !== undefined)
}

async function latestRun({ store, root }: RunIndex, place: Place): Promise<RunEntry> {
  const { entries } = await store.find({ limit: 1, trashed: place === 'trash' })
  if (entries[0] !== undefined) return entries[0]
  throw new AtelierError('RUN_NOT_FOUND', `There is no run in ${root}.`, {
    hint: 'Start one with `atelier train`.',
  })
}

function ambiguous(word: string, entries: readonly RunEntry[]): AtelierError {
  const ids = entries.map(({ record }) => record.id)
  const more = ids.length === MOST_NAMED
  const names = ids.slice(0, MOST_NAMED - 1)
  const count = more ? `${MOST_NAMED} or more` : String(ids.length)
  return new AtelierError('RUN_NOT_FOUND', `"${word}" fits ${count} runs.`, {
    hint: `Name one of:\n${names.join('\n')}${more ? '\n…' : ''}`,
    data: { runs: ids },
  })
}

function elsewhere({ record, trashed }: RunEntry): AtelierError {
  const { id } = record
  return trashed === null
    ? new AtelierError('RUN_NOT_FOUND', `${id} is not in the trash.`, {
        hint: 'List what is there with `atelier runs ls --trashed`.',
      })
    : new AtelierError('RUN_NOT_FOUND', `${id} is in the trash.`, {
        hint: `Bring it back with \`atelier runs restore ${id}\`.`,
      })
}

async function notFound({ store }: RunIndex, word: string): Promise<AtelierError> {
  const { entries } = await store.find({ limit: NEARBY })
  // compared with the whole id and with its two words
  const names = new Map(
    entries.flatMap(({ record: { id } }) => [
      [id, id] as const,
      [id.split('-').slice(-2).join('-'), id] as const,
    ]),
  )
  const nearest = nearestName(word, names.keys())
  return new AtelierError('RUN_NOT_FOUND', `There is no run "${word}".`, {
    hint:
      nearest === undefined
        ? 'List the runs with `atelier runs ls`.'
        : `Did you mean ${names.get(nearest)}?`,
  })
}
