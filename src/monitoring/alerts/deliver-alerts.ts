import type { AlertDelivery, AlertsConfig } from '../../contracts/index.ts'
import { deliverQueues, holdMs, tryRepeatedly } from '../../delivery/index.ts'
import type { Database } from '../../storage/index.ts'
import type { MonitoringTables } from '../monitoring-tables.ts'
import type { DeliverAlerts } from './alert-store.ts'
import { routeOf } from './effective-rules.ts'
import { sendAlert } from './send-alert.ts'
import {
  holdDelivery,
  queueAgain,
  readWaiting,
  settleDelivery,
  type Waiting,
} from './sql-deliveries.ts'

const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 3_600_000
/** Whoever is away for longer learns nothing from it any more. */
const GIVE_UP_MS = 3 * 86_400_000

/** Sends what is due; to each route in order, and to none past one that waits. */
export async function deliverAlerts(
  { read, write }: Pick<Database<MonitoringTables>, 'read' | 'write'>,
  config: AlertsConfig,
  options: DeliverAlerts,
): Promise<AlertDelivery[]> {
  const { clock, again = false } = options
  if (again) await write((db) => queueAgain(db, clock.now()))
  const waiting = await read(readWaiting)
  const tried = await deliverQueues(waiting, {
    receiverOf: ({ route }) => route,
    hold: (delivery) => write((db) => holdDelivery(db, delivery, clock.now(), holdMs(options))),
    send: (delivery) => sendOne(delivery, config, options),
    settle: (delivery) => write((db) => settleDelivery(db, delivery)),
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
