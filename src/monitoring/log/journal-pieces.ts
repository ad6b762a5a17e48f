import type { PredictionRecord } from '../../contracts/index.ts'
import { decodeRecords, type FrameHeader } from './encode-records.ts'
import type { JournalFrame } from './journal.ts'
import { type PredictionRows, toRows } from './prediction-rows.ts'

/** One frame of a journal. One without records is a mark: what stands before it was brought away by itself. */
export interface RecordFrame {
  readonly records: readonly PredictionRecord[]
  /** Size of the journal after it. */
  readonly end: number
}

/** Frames of a journal, the first of which has a header. */
export function toFrames(frames: readonly JournalFrame[]): RecordFrame[] {
  let header: FrameHeader | undefined
  return frames.map(({ payload, end }) => {
    const frame = decodeRecords(payload, header)
    header = frame.header
    return { records: frame.records, end }
  })
}

/** Frames that go to the store together. */
export interface JournalPiece {
  /** Of one model, with the same features, begun on one day (UTC). */
  readonly rows: PredictionRows
  /** Bytes of the journal. */
  readonly from: number
  readonly to: number
}

/** Of one piece, but for a single frame that has more. */
export const MOST_ROWS = 8192

/**
 * Cuts the frames after `from` into pieces. From the same place on, the same journal gives the same
 * pieces, whoever cuts: so a store can tell by a piece's place alone whether it has it.
 */
export function cutPieces(frames: readonly RecordFrame[], from: number): JournalPiece[] {
  const pieces: JournalPiece[] = []
  let taken: RecordFrame[] = []
  let count = 0
  const end = () => {
    const [last] = taken.slice(-1)
    if (last === undefined) return
    const rows = toRows(taken.flatMap(({ records }) => records))
    pieces.push({ rows, from: pieces.at(-1)?.to ?? from, to: last.end })
    taken = []
    count = 0
  }
  for (const frame of frames) {
    const { length } = frame.records
    const fits = length > 0 && count + length <= MOST_ROWS && goesWith(taken[0], frame)
    if (!fits) end()
    if (length === 0) continue
    taken.push(frame)
    count += length
  }
  end()
  return pieces
}

function goesWith(before: RecordFrame | undefined, { records }: RecordFrame): boolean {
  if (before === undefined) return true
  const [a, b] = [before.records[0]!, records[0]!]
  return (
    a.model.sha256 === b.model.sha256 &&
    a.model.name === b.model.name &&
    a.model.version === b.model.version &&
    dayOf(a.time) === dayOf(b.time) &&
    Object.keys(a.features).join() === Object.keys(b.features).join()
  )
}

/** `2026-11-25`, in UTC. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
