import { type Generated, sql, type Transaction } from 'kysely'
import type { DatabaseSchema, Migration } from '../../storage/index.ts'

/** The tables as they are now. */
export interface PredictionTables {
  /** Rows of one model and one writer, in the order they were answered. */
  prediction_chunks: {
    seq: Generated<number>
    /** The journal they came from. */
    writer: string
    model: string
    version: number | null
    sha256: string
    first_time: number
    last_time: number
    count: number
    /** `encodeRows` */
    rows: Uint8Array
  }
  prediction_journals: {
    journal: string
    /** Bytes whose rows were added. */
    done: number
    time: number
  }
  prediction_labels: {
    prediction_id: string
    label: string
    time: number
  }
  prediction_gaps: {
    seq: Generated<number>
    time: number
    count: number
  }
}

export type PredictionTransaction = Transaction<PredictionTables>

/** The journal outlasts the process, not a power cut, and so may its rows. */
export const predictionSchema: DatabaseSchema = {
  name: 'monitoring',
  migrations: [createTables],
  durable: false,
}

async function createTables(...[db, kind]: Parameters<Migration>): Promise<void> {
  const postgres = kind === 'postgres'
  const id = sql.raw(postgres ? 'bigserial primary key' : 'integer primary key')
  const int64 = sql.raw(postgres ? 'bigint' : 'integer')
  const float64 = sql.raw(postgres ? 'double precision' : 'real')
  const bytes = sql.raw(postgres ? 'bytea' : 'blob')
  const text = sql.raw(postgres ? 'text collate "C"' : 'text')
  const statements = [
    sql`create table prediction_chunks (
      seq ${id}, writer ${text} not null, model ${text} not null, version integer, sha256 ${text} not null,
      first_time ${float64} not null, last_time ${float64} not null, count integer not null, rows ${bytes} not null)`,
    sql`create index prediction_chunks_by_time on prediction_chunks (last_time, first_time)`,
    sql`create index prediction_chunks_by_writer on prediction_chunks (writer, seq)`,
    sql`create table prediction_journals (journal ${text} primary key, done ${int64} not null, time ${float64} not null)`,
    sql`create table prediction_labels (
      prediction_id ${text} primary key, label ${text} not null, time ${float64} not null)`,
    sql`create table prediction_gaps (seq ${id}, time ${float64} not null, count ${int64} not null)`,
  ]
  for (const statement of statements) await statement.execute(db)
}
