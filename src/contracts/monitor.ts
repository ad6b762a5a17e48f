import type { AlertDelivery, AlertStatus, AlertsAnswer } from './alert.ts'
import type { DriftCheck } from './drift-check.ts'
import type { DriftQuery, DriftReport, DriftSource } from './drift-report.ts'

export interface HistoryQuery extends DriftQuery {
  /** Into how many windows of equally many predictions the log's window is divided; without it, none are made. */
  readonly windows?: number | undefined
  /** The newest so many checks. */
  readonly checks?: number | undefined
}

export interface HistoryAnswer {
  /** Verdicts of past checks, the newest first. */
  readonly checks: readonly DriftCheck[]
  /** Verdicts on parts of the log, the oldest first. */
  readonly windows: DriftReport['over_time']
}

/** What metrics are made of. */
export interface MonitorState {
  /** The newest check; undefined: none yet. */
  readonly check: DriftCheck | undefined
  readonly alerts: readonly AlertStatus[]
  readonly deliveries: Readonly<Record<AlertDelivery['state'], number>>
  /** Of this process. */
  readonly counts: { readonly leads: boolean; readonly checks: number; readonly failures: number }
}

/** What `monitor serve` asks. Throws what a client should hear. */
export interface MonitorSource extends DriftSource {
  history(query: HistoryQuery): Promise<HistoryAnswer>
  alerts(): Promise<AlertsAnswer>
  /** Throws ALERT_NOT_FOUND. */
  acknowledge(alert: string, by: string): Promise<AlertStatus>
  state(): Promise<MonitorState>
}
