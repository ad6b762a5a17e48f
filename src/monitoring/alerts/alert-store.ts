import type {
  AlertDelivery,
  AlertEvent,
  AlertStatus,
  AlertsAnswer,
  AlertsConfig,
  DriftCheck,
  UndeliveredAlert,
} from '../../contracts/index.ts'
import type { CheckResult } from './run-check.ts'
import type { AlertSenders } from './send-alert.ts'

export interface CheckQuery {
  /** Milliseconds since 1970, inclusive. */
  readonly from?: number | undefined
  /** Exclusive. */
  readonly to?: number | undefined
  /** The newest so many. */
  readonly last: number
}

export interface DeliverAlerts extends AlertSenders {
  /** Attempts for each delivery, now. */
  readonly attempts: number
  /** Also what failed, and what waits for its next attempt. */
  readonly again?: boolean
}

/** Checks, alerts and what is told of them, on SQLite or PostgreSQL. Throws STORE_UNAVAILABLE. */
export interface AlertStore {
  readonly description: string
  /**
   * Steps every rule by what a check found, and writes down the check and what is to be told, all of it
   * or nothing. Gives what is told.
   */
  record(result: CheckResult, config: AlertsConfig, now: number): Promise<readonly AlertEvent[]>
  /** Nobody is reminded of it any more. Throws ALERT_NOT_FOUND for one that does not fire. */
  acknowledge(alert: string, by: string, config: AlertsConfig, now: number): Promise<AlertStatus>
  /** Where the rules of the configuration stand, and the newest events. */
  alerts(config: AlertsConfig, events: number): Promise<AlertsAnswer>
  /** The newest first. */
  checks(query: CheckQuery): Promise<readonly DriftCheck[]>
  /** Sends what is due, in order; gives what was tried. */
  deliver(config: AlertsConfig, options: DeliverAlerts): Promise<readonly AlertDelivery[]>
  /** What did not arrive, in the order in which it is sent. */
  undelivered(): Promise<readonly UndeliveredAlert[]>
  /** How many deliveries are in which state. */
  deliveries(): Promise<Readonly<Record<AlertDelivery['state'], number>>>
  /** Whether `holder` is the one of several that checks, from now on for `ms`. */
  lead(holder: string, now: number, ms: number): Promise<boolean>
  /** Lets another lead. */
  resign(holder: string): Promise<void>
  /** Forgets checks and events from before. */
  prune(before: number): Promise<void>
  close(): Promise<void>
}
