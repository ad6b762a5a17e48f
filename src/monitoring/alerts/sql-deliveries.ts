import type { AlertEvent, UndeliveredAlert } from '../../contracts/index.ts'
import { type DeliveryState, farthestTime } from '../../delivery/index.ts'
import type { MonitoringTransaction } from '../monitoring-tables.ts'

/** A delivery that is to be sent. */
export interface Waiting {
  readonly seq: number
  readonly route: string
  readonly event: AlertEvent
  readonly state: DeliveryState
  readonly attempts: number
  readonly nextAttempt: number
  readonly outcome: string
}

const MOST_AT_ONCE = 500

export async function readWaiting(db: MonitoringTransaction): Promise<Waiting[]> {
  const rows = await undelivered(db).where('status', '=', 'pending').limit(MOST_AT_ONCE).execute()
  return rows.map(({ told, next_attempt, status: state, ...row }) => ({
    ...{ ...row, state, event: JSON.parse(told) as AlertEvent, nextAttempt: next_attempt },
  }))
}

export async function readUndelivered(db: MonitoringTransaction): Promise<UndeliveredAlert[]> {
  const rows = await undelivered(db).execute()
  return rows.map(({ told, route, status: state, attempts, outcome }) => {
    const { id: event, kind, rule, time } = JSON.parse(told) as AlertEvent
    return { event, kind, rule, time, route, state, attempts, outcome: outcome || null }
  })
}

/** In the order in which things happened. */
function undelivered(db: MonitoringTransaction) {
  return db
    .selectFrom('alert_deliveries')
    .innerJoin('alert_events', 'alert_events.id', 'alert_deliveries.event')
    .select(['alert_deliveries.seq as seq', 'alert_events.event as told', 'route', 'status'])
    .select(['attempts', 'next_attempt', 'outcome'])
    .where('status', 'in', ['pending', 'failed'])
    .orderBy('alert_deliveries.seq')
}

/** What failed, and what waits for its next attempt, is due now. */
export async function queueAgain(db: MonitoringTransaction, now: number): Promise<void> {
  await db
    .updateTable('alert_deliveries')
    .set({ status: 'pending', next_attempt: now })
    .where('status', 'in', ['pending', 'failed'])
    .execute()
}

/**
 * Takes a delivery that is due, for `ms`. One that is due, or held, later than any can be was written
 * before the clock stepped back, and is free.
 */
export async function holdDelivery(
  db: MonitoringTransaction,
  { seq }: Waiting,
  now: number,
  ms: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('alert_deliveries')
    .set({ held: now + ms })
    .where('seq', '=', seq)
    .where('status', '=', 'pending')
    .where((eb) =>
      eb.or([eb('next_attempt', '<=', now), eb('next_attempt', '>', farthestTime(now))]),
    )
    .where((eb) => eb.or([eb('held', '<=', now), eb('held', '>', farthestTime(now, ms))]))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Writes down what came of it and lets go of it. */
export async function settleDelivery(
  db: MonitoringTransaction,
  { seq, state, attempts, nextAttempt, outcome }: Waiting,
): Promise<void> {
  await db
    .updateTable('alert_deliveries')
    .set({ status: state, attempts, next_attempt: nextAttempt, held: 0, outcome })
    .where('seq', '=', seq)
    .execute()
}
