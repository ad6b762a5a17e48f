import type { HistoryEntry } from '../../contracts/index.ts'
import { chainEntry, type HistoryFact } from '../history-chain.ts'
import type { RegistryTransaction } from './tables.ts'

/** What a change writes down: the time is that of its work, and what is absent is null. */
export type NewFact = Pick<HistoryFact, 'actor' | 'action' | 'model'> &
  Partial<Omit<HistoryFact, 'time'>>

const NOTHING = {
  version: null,
  alias: null,
  previous: null,
  reason: null,
  record: null,
  verdict: null,
}

/**
 * Adds a line to the history, in the transaction of what it tells. The head is taken last of all
 * rows that a change needs, so that no two changes wait for each other in a ring.
 */
export async function appendHistory(
  db: RegistryTransaction,
  fact: NewFact & Pick<HistoryFact, 'time'>,
): Promise<HistoryEntry> {
  // this update also keeps others out until the end of the transaction
  const { sequence, hash } = await db
    .updateTable('registry_head')
    .set((eb) => ({ sequence: eb('sequence', '+', 1) }))
    .returning(['sequence', 'hash'])
    .executeTakeFirstOrThrow()
  const entry = chainEntry({ sequence: sequence - 1, hash }, { ...NOTHING, ...fact })
  await db.insertInto('registry_history').values(entry).execute()
  await db.updateTable('registry_head').set({ hash: entry.hash }).execute()
  return entry
}
