import { sql } from 'kysely'
import type { Migration } from '../../storage/index.ts'
import { FIRST_HASH } from '../history-chain.ts'

/** In order. Released ones are history: change the tables by adding another. */
export const migrations: readonly Migration[] = [createTables]

async function createTables(...[db, kind]: Parameters<Migration>): Promise<void> {
  const postgres = kind === 'postgres'
  const int64 = sql.raw(postgres ? 'bigint' : 'integer')
  // by bytes, as SQLite does: times and names are in one order everywhere
  const text = sql.raw(postgres ? 'text collate "C"' : 'text')
  const statements = [
    sql`create table registry_models (
      name ${text} primary key, created ${text} not null, versions integer not null)`,
    sql`create table registry_versions (
      model ${text} not null references registry_models (name), version integer not null,
      sha256 ${text} not null, bytes ${int64} not null, created ${text} not null, actor ${text} not null,
      run_id ${text} not null, lineage text not null, description text not null, tags text not null,
      primary key (model, version), unique (model, sha256))`,
    sql`create index registry_versions_by_run on registry_versions (run_id)`,
    sql`create table registry_aliases (
      model ${text} not null references registry_models (name), alias ${text} not null,
      version integer, previous integer, revision integer not null,
      updated ${text} not null, actor ${text} not null, primary key (model, alias),
      foreign key (model, version) references registry_versions (model, version))`,
    sql`create table registry_history (
      sequence ${int64} primary key, time ${text} not null, actor ${text} not null,
      action ${text} not null, model ${text} not null, version integer, alias ${text},
      previous integer, reason text, record ${text}, verdict ${text},
      prev_hash ${text} not null, hash ${text} not null unique)`,
    sql`create index registry_history_by_model on registry_history (model, alias, sequence)`,
    sql`create index registry_history_by_time on registry_history (time, sequence)`,
    sql`create table registry_verdicts (digest ${text} primary key, verdict text not null)`,
    sql`create table registry_deliveries (
      id ${text} primary key, sequence ${int64} not null, event ${text} not null, kind ${text} not null,
      url text not null, secret_env text not null, allow_private integer not null, body text not null,
      state ${text} not null, attempts integer not null, held ${int64} not null, updated ${text} not null,
      outcome text)`,
    sql`create index registry_deliveries_open on registry_deliveries (state, sequence)`,
    sql`create table registry_head (
      id integer primary key, sequence ${int64} not null, hash ${text} not null)`,
    sql`insert into registry_head (id, sequence, hash) values (1, 0, ${sql.lit(FIRST_HASH)})`,
  ]
  for (const statement of statements) await statement.execute(db)
}
