import type { HistoryEntry } from '../contracts/index.ts'
import { digestOf } from '../core/index.ts'

/** What the first entry is chained to. */
export const FIRST_HASH = '0'.repeat(64)

/** What an entry says, before it is put into the chain. */
export type HistoryFact = Omit<HistoryEntry, 'sequence' | 'prev_hash' | 'hash'>

export interface HistoryHead {
  /** How many entries there are. */
  readonly sequence: number
  /** Of the last one. */
  readonly hash: string
}

/** The entry that follows the head. */
export function chainEntry(head: HistoryHead, fact: HistoryFact): HistoryEntry {
  const entry = { ...fact, sequence: head.sequence + 1, prev_hash: head.hash }
  return { ...entry, hash: digestOf(entry) }
}

/** What an entry's hash must be. */
export function hashOf({ hash: _, ...entry }: HistoryEntry): string {
  return digestOf(entry)
}
