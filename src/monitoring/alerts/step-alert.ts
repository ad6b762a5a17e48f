import type { AlertEvent, AlertsConfig } from '../../contracts/index.ts'
import type { Judgement } from './signals.ts'

/** How long a change must last. */
export type Patience = Pick<AlertsConfig, 'after' | 'clear' | 'repeat_hours'>

/** Where a rule stands. */
export interface AlertState {
  readonly status: 'ok' | 'firing'
  /** Checks in a row that spoke against the status. */
  readonly streak: number
  /** Ms: when the status began. */
  readonly since: number
  /** Of the alert that fires, or fired last; null: none yet. */
  readonly alert: string | null
  /** Ms: when anybody was last told. */
  readonly told: number | null
  readonly acknowledged: { readonly by: string; readonly time: number } | null
  readonly value: number | null
  readonly message: string
}

export interface AlertStep {
  readonly state: AlertState
  readonly event: Pick<AlertEvent, 'kind' | 'alert' | 'message' | 'value'> | undefined
}

export function newAlertState(now: number): AlertState {
  const nothing = { alert: null, told: null, acknowledged: null, value: null, message: '' }
  return { status: 'ok', streak: 0, since: now, ...nothing }
}

/** The next state of a rule after a check, and what is to be told of it. `newId` names a new alert. */
export function stepAlert(
  before: AlertState,
  { state, value, message }: Judgement,
  rule: Patience,
  now: number,
  newId: () => string,
): AlertStep {
  if (state === 'unknown') return { state: before, event: undefined }
  const isAgainst = (state === 'bad') !== (before.status === 'firing')
  const streak = isAgainst ? before.streak + 1 : 0
  const seen: AlertState = { ...before, streak, value, message }
  if (before.status === 'ok') {
    if (streak < rule.after) return { state: seen, event: undefined }
    const alert = newId()
    const fired = { ...seen, status: 'firing', streak: 0, since: now, alert, told: now } as const
    return {
      state: { ...fired, acknowledged: null },
      event: { kind: 'fired', alert, message, value },
    }
  }
  const alert = before.alert!
  if (streak >= rule.clear) {
    const state: AlertState = { ...seen, status: 'ok', streak: 0, since: now, told: now }
    return { state, event: { kind: 'resolved', alert, message, value } }
  }
  if (!isDue(before, rule, now) || isAgainst) return { state: seen, event: undefined }
  return { state: { ...seen, told: now }, event: { kind: 'reminded', alert, message, value } }
}

function isDue({ told, acknowledged }: AlertState, { repeat_hours }: Patience, now: number) {
  if (repeat_hours === null || acknowledged !== null || told === null) return false
  return now - told >= repeat_hours * 3_600_000
}
