import type { HistoryEntry, RegistryAction } from '../contracts/index.ts'

/** Actions that change where an alias points. */
export const MOVES: readonly RegistryAction[] = ['aliased', 'unaliased', 'promoted', 'rolled_back']

export interface AliasTrail {
  /** Null: it was taken away, or never was. */
  readonly version: number | null
  /** Where a rollback goes. */
  readonly previous: number | null
  readonly revision: number
}

/**
 * Where an alias stands after its moves, in their order. A rollback takes back the last move that was
 * not taken back yet, so that two of them go two steps; taking an alias away is a step too, until the
 * alias is set again.
 */
export function followAlias(
  moves: readonly Pick<HistoryEntry, 'action' | 'version'>[],
): AliasTrail {
  const trail: (number | null)[] = []
  for (const { action, version } of moves) {
    if (action === 'rolled_back' || trail.at(-1) === null) trail.pop()
    if (action !== 'rolled_back') trail.push(version)
  }
  return {
    version: trail.at(-1) ?? null,
    previous: trail.at(-2) ?? null,
    revision: moves.length,
  }
}
