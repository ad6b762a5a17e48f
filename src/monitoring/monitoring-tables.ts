import { type Generated, sql, type Transaction } from 'kysely'
import type { DeliveryState } from '../delivery/index.ts'
import type { DatabaseSchema, Migration } from '../storage/index.ts'

/** The tables as they are now. */
export interface MonitoringTables {
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
  /** Answers of the service, by the minute. */
  request_counts: {
    /** Ms of its begin. */
    minute: number
    requests: number
    /** Answered with 5xx. */
    errors: number
  }
  alert_states: {
    rule: string
    /** `AlertState` as JSON. */
    state: string
  }
  alert_events: {
    seq: Generated<number>
    id: string
    time: number
    /** `AlertEvent` as JSON. */
    event: string
  }
  alert_deliveries: {
    seq: Generated<number>
    event: string
    route: string
    status: DeliveryState
    attempts: number
    /** Ms: not before. */
    next_attempt: number
    /** Ms: until when somebody is at it, or died; 0: nobody is. */
    held: number
    /** What the last attempt ended with; empty before the first. */
    outcome: string
  }
  monitor_checks: {
    seq: Generated<number>
    time: number
    /** `DriftCheck` as JSON. */
    found: string
  }
  /** One row: who checks, of several that could. */
  monitor_leases: {
    name: string
    holder: string
    until: number
  }
}

export type MonitoringTransaction = Transaction<MonitoringTables>

/** The journal outlasts the process, not a power cut, and so may its rows. */
export const monitoringSchema: DatabaseSchema = {
  name: 'monitoring',
  migrations: [createTables, addChecks, addHolds],
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
    sql`create table request_counts (minute ${float64} primary key, requests ${int64} not null, errors ${int64} not null)`,
    sql`create table alert_states (rule ${text} primary key, state text not null)`,
    sql`create table alert_events (seq ${id}, id ${text} not null unique, time ${float64} not null, event text not null)`,
    sql`create table alert_deliveries (
      seq ${id}, event ${text} not null references alert_events (id) on delete cascade, route ${text} not null,
      status ${text} not null, attempts integer not null, next_attempt ${float64} not null, outcome text not null)`,
    sql`create index alert_deliveries_pending on alert_deliveries (next_attempt) where status = 'pending'`,
  ]
  for (const statement of statements) await statement.execute(db)
}

async function addChecks(...[db, kind]: Parameters<Migration>): Promise<void> {
  const postgres = kind === 'postgres'
  const id = sql.raw(postgres ? 'bigserial primary key' : 'integer primary key')
  const float64 = sql.raw(postgres ? 'double precision' : 'real')
  const statements = [
    sql`create table monitor_checks (seq ${id}, time ${float64} not null, found text not null)`,
    sql`create index monitor_checks_by_time on monitor_checks (time)`,
    sql`create index alert_deliveries_by_event on alert_deliveries (event)`,
    sql`create table monitor_leases (name text primary key, holder text not null, until ${float64} not null)`,
    sql`insert into monitor_leases (name, holder, until) values ('check', '', 0)`,
  ]
  for (const statement of statements) await statement.execute(db)
}

/** Apart from `next_attempt`, so that what waits for its time can be sent before it. */
async function addHolds(...[db, kind]: Parameters<Migration>): Promise<void> {
  const float64 = sql.raw(kind === 'postgres' ? 'double precision' : 'real')
  await sql`alter table alert_deliveries add column held ${float64} not null default 0`.execute(db)
}
