import {
  type FrameHeader,
  firstTime,
  type RowFrame,
  readFrame,
  rowsOfFrames,
} from './encode-records.ts'
import type { JournalFrame } from './journal.ts'
import { isSameKind, type PredictionRows, type RowsKind } from './prediction-rows.ts'

/** One frame of a journal. One without rows is a mark: what stands before it was brought away by itself. */
export interface PlacedFrame {
  readonly frame: RowFrame
  /** Size of the journal after it. */
  readonly end: number
}

/** Frames of a journal, the first of which has a header. */
export function toFrames(frames: readonly JournalFrame[]): PlacedFrame[] {
  let header: FrameHeader | undefined
  return frames.map(({ payload, end }) => {
    const frame = readFrame(payload, header)
    header = frame.header
    return { frame, end }
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
const DAY_MS = 86_400_000

/**
 * Cuts the frames after `from` into pieces. From the same place on, the same journal gives the same
 * pieces, whoever cuts: so a store can tell by a piece's place alone whether it has it.
 */
export function cutPieces(frames: readonly PlacedFrame[], from: number): JournalPiece[] {
  const pieces: JournalPiece[] = []
  let taken: PlacedFrame[] = []
  let rows = 0
  const end = () => {
    const [last] = taken.slice(-1)
    if (last === undefined) return
    pieces.push({
      rows: rowsOfFrames(taken.map(({ frame }) => frame)),
      from: pieces.at(-1)?.to ?? from,
      to: last.end,
    })
    taken = []
    rows = 0
  }
  for (const placed of frames) {
    const { count } = placed.frame
    const fits = count > 0 && rows + count <= MOST_ROWS && goesWith(taken[0]?.frame, placed.frame)
    if (!fits) end()
    if (count === 0) continue
    taken.push(placed)
    rows += count
  }
  end()
  return pieces
}

function goesWith(before: RowFrame | undefined, frame: RowFrame): boolean {
  if (before === undefined) return true
  const isSameDay = dayNumber(firstTime(before)) === dayNumber(firstTime(frame))
  // nearly always the same: a frame without a header has that of the frame before
  const [a, b] = [before.header, frame.header]
  return isSameDay && (a === b || isSameKind(kindOf(a), kindOf(b)))
}

const kindOf = ({ model, features }: FrameHeader): RowsKind => ({ model, featureNames: features })
const dayNumber = (time: number) => Math.floor(time / DAY_MS)

/** `2026-11-25`, in UTC. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
