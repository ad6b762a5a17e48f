import type { PredictionRecord } from '../../contracts/index.ts'
import { decodeRecords, type FrameHeader } from './encode-records.ts'
import { orphanedJournals, readJournal, removeJournal } from './journal.ts'
import { toRows } from './prediction-rows.ts'
import type { PredictionStore } from './prediction-store.ts'

/** Brings to the store what processes of this machine wrote down and did not live to bring; gives how many rows. */
export async function adoptJournals(
  folder: string,
  store: PredictionStore,
  now: number,
): Promise<number> {
  let count = 0
  for (const name of await orphanedJournals(folder)) {
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
  const left = (await framesOf(folder, name)).filter(({ end }) => end > from)
  const last = left.at(-1)
  let count = 0
  if (last !== undefined) {
    const rows = left.map(({ records }) => toRows(records))
    const span = { journal: name, from, to: last.end }
    // another process may be at it too: one of them only gets to add
    const added = await store.append(rows, span, 0, now)
    count = added ? rows.reduce((sum, part) => sum + part.count, 0) : 0
  }
  removeJournal(folder, name)
  return count
}

/** Read from the first on: a frame may leave out the header that it shares with the one before. */
async function framesOf(folder: string, name: string) {
  const frames: { readonly records: readonly PredictionRecord[]; readonly end: number }[] = []
  let header: FrameHeader | undefined
  for (const { payload, end } of await readJournal(folder, name)) {
    const frame = decodeRecords(payload, header)
    header = frame.header
    frames.push({ records: frame.records, end })
  }
  return frames
}
