import { filterRows, type PredictionRows } from './prediction-rows.ts'
import type { PredictionQuery } from './prediction-store.ts'

/** Rows that lie together somewhere. Times are milliseconds since 1970. */
export interface RowsPlace {
  readonly count: number
  readonly first: number
  readonly last: number
}

type Span = Pick<PredictionQuery, 'from' | 'to' | 'last'>

/** The rows that a query names of those in `places`, oldest place first. `read` gives them place by place. */
export async function* scanPlaces<Place extends RowsPlace>(
  places: readonly Place[],
  query: Span,
  read: (places: readonly Place[]) => AsyncIterable<PredictionRows>,
): AsyncIterable<PredictionRows> {
  const { last } = query
  const total = places.reduce((sum, { count }) => sum + count, 0)
  const isWhole = last === undefined || total <= last
  const rows = isWhole ? read(places.toSorted(byFirst)) : newestOf(places, query, last, read)
  for await (const part of rows) {
    const kept = filterRows(part, (row) => isWanted(part.times[row]!, query))
    if (kept.count > 0) yield kept
  }
}

const byFirst = (a: RowsPlace, b: RowsPlace) => a.first - b.first

function isWanted(time: number, { from, to }: Span): boolean {
  return time >= (from ?? 0) && time < (to ?? Number.POSITIVE_INFINITY)
}

/** The newest rows; those of one millisecond stay together. */
async function* newestOf<Place extends RowsPlace>(
  places: readonly Place[],
  query: Span,
  wanted: number,
  read: (places: readonly Place[]) => AsyncIterable<PredictionRows>,
): AsyncIterable<PredictionRows> {
  let left = places.toSorted((a, b) => b.last - a.last)
  const found: PredictionRows[] = []
  const times: number[] = []
  // replicas write at the same time: all places that reach into the newest rows must be looked at
  for (let since = 0; left.length > 0; since = nthNewest(times, wanted)) {
    const next = left.filter(({ last }) => last >= since)
    const some = since > 0 ? next : enough(next, wanted - times.length)
    if (some.length === 0) break
    left = left.slice(some.length)
    for await (const rows of read(some)) {
      found.push(rows)
      for (const time of rows.times) if (isWanted(time, query)) times.push(time)
    }
  }
  const since = nthNewest(times, wanted)
  for (const rows of found.toSorted((a, b) => (a.times[0] ?? 0) - (b.times[0] ?? 0))) {
    yield filterRows(rows, (row) => rows.times[row]! >= since)
  }
}

/** As many of the first places as hold so many rows. */
function enough<Place extends RowsPlace>(places: readonly Place[], rows: number): Place[] {
  let count = 0
  const end = places.findIndex((place) => {
    count += place.count
    return count >= rows
  })
  return places.slice(0, end < 0 ? places.length : end + 1)
}

/** The time of the n-th newest; 0 where there are fewer. */
function nthNewest(times: readonly number[], n: number): number {
  return times.length < n ? 0 : Float64Array.from(times).sort()[times.length - n]!
}
