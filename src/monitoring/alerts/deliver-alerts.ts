import type { AlertDelivery, AlertEvent, AlertsConfig } from '../../contracts/index.ts'
import { type DeliveryState, deliverQueues, holdMs, tryRepeatedly } from '../../delivery/index.ts'
import type { Database } from '../../storage/index.ts'
import type { MonitoringTables, MonitoringTransaction } from '../monitoring-tables.ts'
import type { DeliverAlerts } from './alert-store.ts'
import { routeOf } from './effective-rules.ts'
import { sendAlert } from './send-alert.ts'

interface Waiting {
  readonly seq: number
  readonly route: string
  readonly event: AlertEvent
  readonly state: DeliveryState
  readonly attempts: number
  readonly nextAttempt: number
  readonly outcome: string
}

const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 3_600_000
/** Whoever is away for longer learns nothing from it any more. */
const GIVE_UP_MS = 3 * 86_400_000
const MOST_AT_ONCE = 500

/** Sends what is due; to each route in order, and to none past one that waits. */
export async function deliverAlerts(
  { read, write }: Pick<Database<MonitoringTables>, 'read' | 'write'>,
  config: AlertsConfig,
  options: DeliverAlerts,
): Promise<AlertDelivery[]> {
  const { clock } = options
  const waiting = await read(readWaiting)
  const tried = await deliverQueues(waiting, {
    receiverOf: ({ route }) => route,
    hold: (delivery) => write((db) => hold(db, delivery, clock.now(), holdMs(options))),
    send: (delivery) => sendOne(delivery, config, options),
    settle: (delivery) => write((db) => settle(db, delivery)),
  })
  return tried.map(({ event, route, state, attempts, outcome }) => ({
    ...{ event: event.id, route, state, attempts, outcome: outcome === '' ? null : outcome },
  }))
}

async function sendOne(
  delivery: Waiting,
  config: AlertsConfig,
  options: DeliverAlerts,
): Promise<Waiting> {
  const { event, route: name } = delivery
  const route = routeOf(config, name)
  if (route === undefined) {
    return { ...delivery, state: 'failed', outcome: `there is no route ${name} any more` }
  }
  const tried = await tryRepeatedly(() => sendAlert(event, route, options), options)
  const attempts = delivery.attempts + tried.attempts
  const now = options.clock.now()
  if (tried.state === 'pending' && now - Date.parse(event.time) > GIVE_UP_MS) {
    return { ...delivery, attempts, state: 'failed', outcome: `given up: ${tried.outcome}` }
  }
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(20, attempts - 1))
  const nextAttempt = now + pause * (1 + options.random.uniform() / 4)
  return { ...delivery, attempts, nextAttempt, state: tried.state, outcome: tried.outcome }
}

async function readWaiting(db: MonitoringTransaction): Promise<Waiting[]> {
  const rows = await db
    .selectFrom('alert_deliveries')
    .innerJoin('alert_events', 'alert_events.id', 'alert_deliveries.event')
    .select(['alert_deliveries.seq as seq', 'alert_events.event as told', 'route'])
    .select(['attempts', 'next_attempt', 'outcome'])
    .where('status', '=', 'pending')
    .orderBy('alert_deliveries.seq')
    .limit(MOST_AT_ONCE)
    .execute()
  return rows.map(({ told, next_attempt, ...row }) => ({
    ...row,
    event: JSON.parse(told) as AlertEvent,
    state: 'pending',
    nextAttempt: next_attempt,
  }))
}

/**
 * Takes a delivery that is due. One that is due later than any can be was held before the clock stepped
 * back, and is free.
 */
async function hold(
  db: MonitoringTransaction,
  { seq }: Waiting,
  now: number,
  ms: number,
): Promise<boolean> {
  const latest = now + Math.max(ms, 2 * LONGEST_PAUSE_MS)
  const { numUpdatedRows } = await db
    .updateTable('alert_deliveries')
    .set({ next_attempt: now + ms })
    .where('seq', '=', seq)
    .where('status', '=', 'pending')
    .where((eb) => eb.or([eb('next_attempt', '<=', now), eb('next_attempt', '>', latest)]))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

async function settle(
  db: MonitoringTransaction,
  { seq, state, attempts, nextAttempt, outcome }: Waiting,
): Promise<void> {
  await db
    .updateTable('alert_deliveries')
    .set({ status: state, attempts, next_attempt: nextAttempt, outcome })
    .where('seq', '=', seq)
    .execute()
}
