import type { Database } from '../../storage/index.ts'
import type { MonitoringTables, MonitoringTransaction } from '../monitoring-tables.ts'
import { decodeRows } from './encode-rows.ts'
import { filterRows, type PredictionRows } from './prediction-rows.ts'
import type { PredictionQuery } from './prediction-store.ts'

type PredictionDatabase = Database<MonitoringTables>

interface ChunkPlace {
  readonly seq: number
  readonly count: number
  readonly first_time: number
  readonly last_time: number
}

const CHUNKS_AT_ONCE = 32

/** The rows that a query names, oldest first, a chunk at a time. */
export async function* scanChunks(
  database: PredictionDatabase,
  query: PredictionQuery,
): AsyncIterable<PredictionRows> {
  const places = await database.read((db) => findChunks(db, query))
  const { chunks, since } = await newest(database, places, query)
  for await (const { rows } of readChunks(database, chunks)) {
    const kept = filterRows(rows, (row) => isWanted(rows.times[row]!, query, since))
    if (kept.count > 0) yield kept
  }
}

function isWanted(time: number, { from, to }: PredictionQuery, since: number): boolean {
  return time >= (from ?? 0) && time < (to ?? Number.POSITIVE_INFINITY) && time >= since
}

function findChunks(db: MonitoringTransaction, query: PredictionQuery): Promise<ChunkPlace[]> {
  const { from, to, model, version } = query
  return db
    .selectFrom('prediction_chunks')
    .select(['seq', 'count', 'first_time', 'last_time'])
    .$if(from !== undefined, (chunks) => chunks.where('last_time', '>=', from!))
    .$if(to !== undefined, (chunks) => chunks.where('first_time', '<', to!))
    .$if(model !== undefined, (chunks) => chunks.where('model', '=', model!))
    .$if(version !== undefined, (chunks) => chunks.where('version', '=', version!))
    .orderBy('first_time')
    .orderBy('seq')
    .execute()
}

/** For `last`: the chunks that can hold them, and the time of the oldest of them. */
async function newest(
  database: PredictionDatabase,
  places: readonly ChunkPlace[],
  query: PredictionQuery,
): Promise<{ readonly chunks: readonly ChunkPlace[]; readonly since: number }> {
  const { last } = query
  const total = places.reduce((sum, { count }) => sum + count, 0)
  if (last === undefined || total <= last) return { chunks: places, since: 0 }
  const chunks: ChunkPlace[] = []
  const times: number[] = []
  let since = 0
  // replicas write chunks of the same hours: all that reach into the last rows must be looked at
  for (const place of [...places].sort((a, b) => b.last_time - a.last_time)) {
    if (place.last_time < since) break
    chunks.push(place)
    for await (const { rows } of readChunks(database, [place])) {
      for (const time of rows.times) if (isWanted(time, query, 0)) times.push(time)
    }
    if (since === 0 && times.length >= last) since = nthNewest(times, last)
  }
  return { chunks: chunks.sort(byStart), since: nthNewest(times, last) }
}

const byStart = (a: ChunkPlace, b: ChunkPlace) => a.first_time - b.first_time || a.seq - b.seq

/** The time of the n-th newest; 0 where there are fewer. */
function nthNewest(times: readonly number[], n: number): number {
  return times.length < n ? 0 : Float64Array.from(times).sort()[times.length - n]!
}

async function* readChunks(database: PredictionDatabase, places: readonly ChunkPlace[]) {
  for (let start = 0; start < places.length; start += CHUNKS_AT_ONCE) {
    const wanted = places.slice(start, start + CHUNKS_AT_ONCE).map(({ seq }) => seq)
    const found = await database.read((db) =>
      db
        .selectFrom('prediction_chunks')
        .select(['seq', 'rows'])
        .where('seq', 'in', wanted)
        .execute(),
    )
    const bySeq = new Map(found.map((chunk) => [chunk.seq, chunk.rows]))
    // pruned since, or added to: then it is read as it is now
    for (const seq of wanted) {
      const rows = bySeq.get(seq)
      if (rows !== undefined) yield { seq, rows: decodeRows(rows) }
    }
  }
}
