/**
 * Keys of the objects of a prediction log. All begin with a day (UTC), so that a window is a few listings,
 * and say what is needed to choose among them: an object is read only for its rows.
 */
import { dayOf, type JournalPiece } from '../journal-pieces.ts'
import type { RequestCount } from '../prediction-store.ts'
import type { RowsPlace } from '../scan-places.ts'

/** A CSV object of predictions of one model. */
export interface Segment extends RowsPlace {
  readonly key: string
  /** Of the model: see `modelId`. */
  readonly model: string
  readonly journal: string
  readonly from: number
  readonly to: number
}

const DAY_MS = 86_400_000
const SEGMENT =
  /^\d{4}\/\d\d\/\d\d\/(\d+)_(\d+)_(\d+)_([0-9a-f]+)_([0-9a-f-]{36})_(\d+)_(\d+)\.csv$/

/** `2026/11/25/`; what lies in there began on that day. */
export const folderOf = (day: string) => `${day.replaceAll('-', '/')}/`

export function segmentOf(
  { rows, from, to }: JournalPiece,
  journal: string,
  model: string,
): Segment {
  const { times, count } = rows
  const first = Math.floor(times.reduce((least, time) => Math.min(least, time)))
  const last = Math.ceil(times.reduce((greatest, time) => Math.max(greatest, time)))
  const name = [first, last, count, model, journal, from, to].join('_')
  const key = `${folderOf(dayOf(first))}${name}.csv`
  return { key, first, last, count, model, journal, from, to }
}

/** Undefined for what is no segment. */
export function parseSegment(key: string): Segment | undefined {
  const match = SEGMENT.exec(key)
  if (match === null) return undefined
  const [, first, last, count, model, journal, from, to] = match
  return {
    ...{ key, model: model!, journal: journal! },
    ...{ first: Number(first), last: Number(last), count: Number(count) },
    ...{ from: Number(from), to: Number(to) },
  }
}

export const requestKey = ({ minute, requests, errors }: RequestCount, id: string) =>
  `requests/${folderOf(dayOf(minute))}${minute}_${requests}_${errors}_${id}.json`

export function parseRequest(key: string): RequestCount | undefined {
  const match = /\/(\d+)_(\d+)_(\d+)_[0-9a-f-]{36}\.json$/.exec(key)
  if (match === null) return undefined
  const [minute = 0, requests = 0, errors = 0] = match.slice(1).map(Number)
  return { minute, requests, errors }
}

/** Every day from … to, which are times, both ends included. */
export function daysBetween(from: number, to: number): string[] {
  const first = Math.floor(from / DAY_MS)
  const count = Math.max(0, Math.floor(to / DAY_MS) - first + 1)
  return Array.from({ length: count }, (_, at) => dayOf((first + at) * DAY_MS))
}

export const dayBefore = (day: string) => dayOf(Date.parse(day) - DAY_MS)
