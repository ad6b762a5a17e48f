import { orphanedJournals, readJournal, removeJournal } from './journal.ts'
import { cutPieces, toFrames } from './journal-pieces.ts'
import type { PredictionStore } from './prediction-store.ts'

/** Brings to the store what processes of this machine wrote down and did not live to bring; gives how many rows. */
export async function adoptJournals(
  folder: string,
  store: PredictionStore,
  now: number,
): Promise<number> {
  let count = 0
  for (const name of await orphanedJournals(folder, store.target)) {
    count += await adopt(folder, name, store, now)
  }
  return count
}

async function adopt(
  folder: string,
  name: string,
  store: PredictionStore,
  now: number,
): Promise<number> {
  const from = await store.progress(name)
  // read from the first on: a frame may leave out the header that it shares with the one before
  const left = toFrames(await readJournal(folder, name)).filter(({ end }) => end > from)
  let count = 0
  for (const { rows, ...span } of cutPieces(left, from)) {
    // another process may be at it too: one of them only gets to add
    const added = await store.append(rows, { journal: name, ...span }, 0, now)
    if (added) count += rows.count
  }
  removeJournal(folder, name)
  return count
}
