import type {
  AlertDelivery,
  AlertEvent,
  AlertStatus,
  AlertsAnswer,
  AlertsConfig,
} from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import type { MonitoringTransaction } from '../monitoring-tables.ts'
import { type EffectiveRule, effectiveRules } from './effective-rules.ts'
import { lockAlerts } from './sql-lease.ts'
import { type AlertWork, queueAlert, readState, writeState } from './sql-record.ts'
import type { AlertState } from './step-alert.ts'

/** Where every rule of the configuration stands, and the newest events. */
export async function readAlerts(
  db: MonitoringTransaction,
  config: AlertsConfig,
  count: number,
): Promise<AlertsAnswer> {
  const alerts: AlertStatus[] = []
  for (const rule of effectiveRules(config)) {
    alerts.push(statusOf(rule, await readState(db, rule.name)))
  }
  const rows = await db
    .selectFrom('alert_events')
    .select(['id', 'event'])
    .orderBy('seq', 'desc')
    .limit(count)
    .execute()
  const deliveries = await deliveriesOf(
    db,
    rows.map(({ id }) => id),
  )
  const events = rows.map(({ id, event }) => ({
    ...(JSON.parse(event) as AlertEvent),
    deliveries: deliveries.filter((delivery) => delivery.event === id),
  }))
  return { alerts, events }
}

async function deliveriesOf(
  db: MonitoringTransaction,
  events: readonly string[],
): Promise<AlertDelivery[]> {
  if (events.length === 0) return []
  const rows = await db
    .selectFrom('alert_deliveries')
    .select(['event', 'route', 'status', 'attempts', 'outcome'])
    .where('event', 'in', [...events])
    .orderBy('seq')
    .execute()
  return rows.map(({ status, outcome, ...row }) => ({
    ...row,
    state: status,
    outcome: outcome === '' ? null : outcome,
  }))
}

function statusOf({ name, rule, severity }: EffectiveRule, state?: AlertState): AlertStatus {
  const iso = (time: number) => new Date(time).toISOString()
  const base = { rule: name, signal: rule.signal, severity }
  if (state === undefined || (state.status === 'ok' && state.message === '')) {
    const message = 'no check could tell yet'
    const nothing = { since: null, alert: null, acknowledged: null, value: null }
    return { ...base, status: 'unknown', ...nothing, message }
  }
  const { status, since, alert, acknowledged, value, message } = state
  const isFiring = status === 'firing'
  return {
    ...{ ...base, status, since: iso(since), alert: isFiring ? alert : null },
    acknowledged:
      isFiring && acknowledged !== null
        ? { by: acknowledged.by, time: iso(acknowledged.time) }
        : null,
    ...{ value, message },
  }
}

/** Told once, however often it is said. Throws ALERT_NOT_FOUND. */
export async function acknowledgeAlert(
  db: MonitoringTransaction,
  { alert, by }: { readonly alert: string; readonly by: string },
  work: AlertWork,
): Promise<AlertStatus> {
  await lockAlerts(db)
  for (const rule of effectiveRules(work.config)) {
    const state = await readState(db, rule.name)
    if (state?.status !== 'firing' || state.alert !== alert) continue
    if (state.acknowledged !== null) return statusOf(rule, state)
    const next = { ...state, acknowledged: { by, time: work.now } }
    await writeState(db, rule.name, next)
    const { name, severity, routes } = rule
    const { message, value } = state
    const told = { kind: 'acknowledged' as const, alert, rule: name, severity, message, value, by }
    await queueAlert(db, { ...told, model: null }, routes, work)
    return statusOf(rule, next)
  }
  throw new AtelierError('ALERT_NOT_FOUND', `No alert ${alert} fires.`, {
    hint: '`atelier monitor alerts` lists those that do, with their ids.',
  })
}
