import { sql } from 'kysely'
import type { Migration } from '../../storage/index.ts'

/** In order. Released ones are history: change the tables by adding another. */
export const migrations: readonly Migration[] = [createTables]

async function createTables(...[db, kind]: Parameters<Migration>): Promise<void> {
  const postgres = kind === 'postgres'
  const id = sql.raw(postgres ? 'serial primary key' : 'integer primary key')
  const int64 = sql.raw(postgres ? 'bigint' : 'integer')
  const float64 = sql.raw(postgres ? 'double precision' : 'real')
  const bytes = sql.raw(postgres ? 'bytea' : 'blob')
  // by bytes, as SQLite does: else the order of texts depends on the server
  const text = sql.raw(postgres ? 'text collate "C"' : 'text')
  const ofRun = sql`${int64} not null references runs (seq) on delete cascade`
  // rows lie in the tree of their primary key
  const clustered = sql.raw(postgres ? '' : 'without rowid')
  const statements = [
    sql`create table runs (
      seq ${int64} primary key, id ${text} not null unique, status ${text} not null,
      trashed ${text}, heartbeat ${float64} not null)`,
    sql`create index runs_by_trashed on runs (trashed, seq)`,
    sql`create index runs_running on runs (heartbeat) where status = 'running'`,
    sql`create table run_entries (run ${int64} primary key references runs (seq) on delete cascade, entry text not null)`,
    sql`create table run_keys (id ${id}, key ${text} not null unique)`,
    sql`create table run_values (
      run ${ofRun}, key integer not null, kind smallint not null, number ${float64}, text ${text},
      primary key (run, key)) ${clustered}`,
    sql`create index run_values_by_key on run_values (key, kind, number, text, run)`,
    sql`create table run_long_texts (
      run ${ofRun}, key integer not null, text ${text} not null, primary key (run, key)) ${clustered}`,
    sql`create index run_long_texts_by_key on run_long_texts (key)`,
    sql`create table run_tags (run ${ofRun}, tag ${text} not null, primary key (run, tag)) ${clustered}`,
    sql`create index run_tags_by_tag on run_tags (tag, run)`,
    sql`create table run_metrics (
      id ${id}, run ${ofRun}, metric ${text} not null, count ${int64} not null, unique (run, metric))`,
    sql`create table metric_chunks (
      metric integer not null references run_metrics (id) on delete cascade, sequence integer not null,
      count integer not null, min_step ${float64} not null, max_step ${float64} not null,
      peaks ${bytes} not null, points ${bytes} not null, primary key (metric, sequence))`,
  ]
  for (const statement of statements) await statement.execute(db)
}
