import type { HistoryEntry } from '../../contracts/index.ts'
import type { NewFact } from './append-history.ts'
import type { RegistryTransaction } from './tables.ts'

/** One change of the registry: a transaction, its time, and the way into the history. */
export interface RegistryWork {
  readonly db: RegistryTransaction
  /** ISO 8601. */
  readonly time: string
  /** Writes a line, and the events that others want to hear of. */
  append(fact: NewFact): Promise<HistoryEntry>
}
