import type { AlertEvent, AlertsConfig, DriftCheck } from '../../contracts/index.ts'
import type { MonitoringTransaction } from '../monitoring-tables.ts'
import { type EffectiveRule, effectiveRules, routeNames } from './effective-rules.ts'
import type { CheckResult } from './run-check.ts'
import type { Judgement } from './signals.ts'
import { lockAlerts } from './sql-lease.ts'
import { type AlertState, newAlertState, stepAlert } from './step-alert.ts'

export interface AlertWork {
  readonly config: AlertsConfig
  readonly now: number
  readonly newId: () => string
}

/** The check, the next state of every rule, and what is to be told: what is committed is sent. */
export async function recordCheck(
  db: MonitoringTransaction,
  { check, judged }: CheckResult,
  work: AlertWork,
): Promise<AlertEvent[]> {
  await lockAlerts(db)
  await db
    .insertInto('monitor_checks')
    .values({ time: work.now, found: JSON.stringify(check) })
    .execute()
  const rules = effectiveRules(work.config)
  const told: AlertEvent[] = await resolveForgotten(db, rules, work)
  for (const rule of rules) {
    const judgement = judged.get(rule.name)
    if (judgement === undefined) continue
    const event = await step(db, rule, judgement, check, work)
    if (event !== undefined) told.push(event)
  }
  return told
}

async function step(
  db: MonitoringTransaction,
  rule: EffectiveRule,
  judgement: Judgement,
  check: DriftCheck,
  work: AlertWork,
): Promise<AlertEvent | undefined> {
  const before = (await readState(db, rule.name)) ?? newAlertState(work.now)
  const { state, event } = stepAlert(before, judgement, rule, work.now, work.newId)
  await writeState(db, rule.name, state)
  if (event === undefined) return undefined
  const { name, severity, routes } = rule
  return queueAlert(
    db,
    { ...event, rule: name, severity, model: modelText(check), by: null },
    routes,
    work,
  )
}

/** An alert whose rule was taken away ends: nothing could end it later. */
async function resolveForgotten(
  db: MonitoringTransaction,
  rules: readonly EffectiveRule[],
  work: AlertWork,
): Promise<AlertEvent[]> {
  const names = new Set(rules.map(({ name }) => name))
  const told: AlertEvent[] = []
  for (const { rule, state } of await db.selectFrom('alert_states').selectAll().execute()) {
    if (names.has(rule)) continue
    await db.deleteFrom('alert_states').where('rule', '=', rule).execute()
    const { status, alert } = JSON.parse(state) as AlertState
    if (status !== 'firing' || alert === null) continue
    const event = {
      ...{ kind: 'resolved' as const, alert, rule, severity: 'info' as const, value: null },
      ...{ message: `there is no rule ${rule} any more`, model: null, by: null },
    }
    told.push(await queueAlert(db, event, routeNames(work.config), work))
  }
  return told
}

/** Writes down an event and who is to hear of it. */
export async function queueAlert(
  db: MonitoringTransaction,
  told: Omit<AlertEvent, 'format' | 'version' | 'id' | 'time'>,
  routes: readonly string[],
  { now, newId }: AlertWork,
): Promise<AlertEvent> {
  // of the alert's first event, the id is the alert's own: mails find their thread by it
  const id = told.kind === 'fired' ? told.alert : newId()
  const time = new Date(now).toISOString()
  const event: AlertEvent = { format: 'atelier-alert', version: 1, id, time, ...told }
  await db
    .insertInto('alert_events')
    .values({ id, time: now, event: JSON.stringify(event) })
    .execute()
  for (const route of routes) {
    const waiting = {
      status: 'pending' as const,
      attempts: 0,
      next_attempt: now,
      held: 0,
      outcome: '',
    }
    await db
      .insertInto('alert_deliveries')
      .values({ event: id, route, ...waiting })
      .execute()
  }
  return event
}

export async function readState(
  db: MonitoringTransaction,
  rule: string,
): Promise<AlertState | undefined> {
  const row = await db
    .selectFrom('alert_states')
    .select('state')
    .where('rule', '=', rule)
    .executeTakeFirst()
  return row === undefined ? undefined : (JSON.parse(row.state) as AlertState)
}

export async function writeState(
  db: MonitoringTransaction,
  rule: string,
  state: AlertState,
): Promise<void> {
  const text = JSON.stringify(state)
  await db
    .insertInto('alert_states')
    .values({ rule, state: text })
    .onConflict((conflict) => conflict.column('rule').doUpdateSet({ state: text }))
    .execute()
}

function modelText({ model }: DriftCheck): string | null {
  if (model === null) return null
  return model.version === null ? model.name : `${model.name} version ${model.version}`
}
