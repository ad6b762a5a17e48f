import type { AlertDelivery, DriftCheck } from '../../contracts/index.ts'
import type { MonitoringTransaction } from '../monitoring-tables.ts'
import type { CheckQuery } from './alert-store.ts'

export async function readChecks(
  db: MonitoringTransaction,
  { from, to, last }: CheckQuery,
): Promise<DriftCheck[]> {
  const rows = await db
    .selectFrom('monitor_checks')
    .select('found')
    .$if(from !== undefined, (checks) => checks.where('time', '>=', from!))
    .$if(to !== undefined, (checks) => checks.where('time', '<', to!))
    .orderBy('time', 'desc')
    .orderBy('seq', 'desc')
    .limit(last)
    .execute()
  return rows.map(({ found }) => JSON.parse(found) as DriftCheck)
}

export async function countDeliveries(
  db: MonitoringTransaction,
): Promise<Record<AlertDelivery['state'], number>> {
  const rows = await db
    .selectFrom('alert_deliveries')
    .select((eb) => ['status', eb.fn.countAll<number | string>().as('count')])
    .groupBy('status')
    .execute()
  const counts = { pending: 0, delivered: 0, failed: 0 }
  for (const { status, count } of rows) counts[status] = Number(count)
  return counts
}

/** Events that still wait to be delivered are kept, however old. */
export async function pruneAlerts(db: MonitoringTransaction, before: number): Promise<void> {
  await db.deleteFrom('monitor_checks').where('time', '<', before).execute()
  const waiting = db.selectFrom('alert_deliveries').select('event').where('status', '=', 'pending')
  const old = db
    .selectFrom('alert_events')
    .select('id')
    .where('time', '<', before)
    .where('id', 'not in', waiting)
  await db.deleteFrom('alert_deliveries').where('event', 'in', old).execute()
  await db
    .deleteFrom('alert_events')
    .where('time', '<', before)
    .where('id', 'not in', waiting)
    .execute()
}
