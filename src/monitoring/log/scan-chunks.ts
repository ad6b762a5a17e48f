import type { Database } from '../../storage/index.ts'
import type { MonitoringTables, MonitoringTransaction } from '../monitoring-tables.ts'
import { decodeRows } from './encode-rows.ts'
import type { PredictionRows } from './prediction-rows.ts'
import type { PredictionQuery } from './prediction-store.ts'
import { type RowsPlace, scanPlaces } from './scan-places.ts'

type PredictionDatabase = Database<MonitoringTables>

interface ChunkPlace extends RowsPlace {
  readonly seq: number
}

const CHUNKS_AT_ONCE = 32

/** The rows that a query names, oldest first, a chunk at a time. */
export async function* scanChunks(
  database: PredictionDatabase,
  query: PredictionQuery,
): AsyncIterable<PredictionRows> {
  const places = await database.read((db) => findChunks(db, query))
  yield* scanPlaces(places, query, (chunks) => readChunks(database, chunks))
}

function findChunks(db: MonitoringTransaction, query: PredictionQuery): Promise<ChunkPlace[]> {
  const { from, to, model, version } = query
  return db
    .selectFrom('prediction_chunks')
    .select(['seq', 'count', 'first_time as first', 'last_time as last'])
    .$if(from !== undefined, (chunks) => chunks.where('last_time', '>=', from!))
    .$if(to !== undefined, (chunks) => chunks.where('first_time', '<', to!))
    .$if(model !== undefined, (chunks) => chunks.where('model', '=', model!))
    .$if(version !== undefined, (chunks) => chunks.where('version', '=', version!))
    .orderBy('first_time')
    .orderBy('seq')
    .execute()
}

async function* readChunks(
  database: PredictionDatabase,
  places: readonly ChunkPlace[],
): AsyncIterable<PredictionRows> {
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
      if (rows !== undefined) yield decodeRows(rows)
    }
  }
}
