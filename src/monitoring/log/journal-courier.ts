import type { PredictionFeedback } from '../../contracts/index.ts'
import { adoptJournals } from './adopt-journals.ts'
import { readSpan } from './journal.ts'
import { cutPieces, toFrames } from './journal-pieces.ts'
import type { JournalSpan, PredictionStore, RequestCount } from './prediction-store.ts'

/** Brings what stands in journals to a store. Whoever writes the journals need not wait for it, nor share its thread. */
export interface JournalCourier extends Pick<PredictionStore, 'description' | 'target'> {
  /** Brings what processes of this machine that are gone left behind. */
  adopt(now: number): Promise<void>
  /**
   * Brings a span that begins with the journal or with a mark, and is followed by one, and with it how
   * many predictions were lost before. What the store has already is left out, so a call that failed can
   * be repeated.
   */
  bring(span: JournalSpan, dropped: number, now: number): Promise<void>
  addRequests(counts: readonly RequestCount[]): Promise<void>
  addLabels(labels: readonly PredictionFeedback[]): Promise<void>
  prune(before: number): Promise<void>
  close(): Promise<void>
}

/** Brings journals of a folder to a store, in this thread. */
export function storeCourier(store: PredictionStore, folder: string): JournalCourier {
  const { description, target } = store
  return {
    ...{ description, target },
    adopt: async (now) => {
      await adoptJournals(folder, store, now)
    },
    bring: async ({ journal, from, to }, dropped, now) => {
      let untold = dropped
      const frames = toFrames(await readSpan(folder, journal, from, to))
      for (const { rows, ...piece } of cutPieces(frames, from)) {
        await store.append(rows, { journal, ...piece }, untold, now)
        untold = 0
      }
    },
    addRequests: (counts) => store.addRequests(counts),
    addLabels: (labels) => store.addLabels(labels),
    prune: async (before) => {
      await store.prune(before)
    },
    close: () => store.close(),
  }
}
