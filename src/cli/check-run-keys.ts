import { AtelierError, nearestName } from '../core/index.ts'
import {
  canonicalMetric,
  type Filter,
  keysOf,
  parseFilter,
  type RunStore,
  recordKeys,
} from '../tracking/index.ts'
import type { RunIndex } from './run-index.ts'

/**
 * Refuses a key that no run has: else a mistyped one would be an empty column or an empty list.
 * `others` are allowed too. Throws USAGE, naming the nearest.
 */
export async function checkRunKeys(
  store: RunStore,
  keys: readonly string[],
  what: string,
  others: readonly string[] = [],
): Promise<void> {
  if (keys.length === 0) return
  const known = new Set([...recordKeys, ...others, ...(await store.keys())])
  for (const key of keys) {
    const isLibrary = key.startsWith('environment.libraries.')
    if (known.has(key) || known.has(canonicalMetric(key)) || isLibrary) continue
    const nearest = nearestName(key, known) ?? endingWith(key, known)
    throw new AtelierError('USAGE', `No run has '${key}', named in ${what}.`, {
      hint:
        nearest === undefined
          ? "See all keys of a run with 'atelier runs show RUN --config' and '--metrics'."
          : `Did you mean '${nearest}'?`,
      data: { key },
    })
  }
}

/** A filter of which every key is known; of no runs, none is. Throws FILTER_INVALID and USAGE. */
export async function checkedFilter(
  { store, hasRuns }: Pick<RunIndex, 'store' | 'hasRuns'>,
  text: string,
): Promise<Filter> {
  const filter = parseFilter(text)
  if (hasRuns) await checkRunKeys(store, keysOf(filter), '--filter')
  return filter
}

/** `learning_rate` is what people type for `hyperparameters.learning_rate`. */
function endingWith(key: string, known: ReadonlySet<string>): string | undefined {
  return [...known].find((name) => name.endsWith(`.${key}`))
}
