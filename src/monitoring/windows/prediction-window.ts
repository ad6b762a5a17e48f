import type { PredictionModel } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import type { MonitoredRows } from './monitored-rows.ts'

/** Predictions of one model that are looked at together. */
export interface PredictionWindow {
  /** The log that they are from. */
  readonly source: string
  /** Null for a CSV log, which does not say. */
  readonly model: Pick<PredictionModel, 'name' | 'version' | 'sha256'> | null
  readonly rows: MonitoredRows
  /** [count] milliseconds since 1970; NaN where the log has none. */
  readonly times: Float64Array
  /** [count] milliseconds; none of a CSV log. */
  readonly latencies: Float64Array
  /** Predictions whose true class came later, and those of them that were right. */
  readonly labelled: number
  readonly right: number
  /** Predictions of that time that were answered but could not be logged. */
  readonly lost: number
}

/** `what`: which predictions were wanted; `yet` where there are none at all. */
export function emptyWindow(source: string, what: string): AtelierError {
  return new AtelierError('WINDOW_EMPTY', `${source} has no predictions ${what}.`, {
    hint:
      what === 'yet'
        ? 'Send the service images first, or name another log with `--log`.'
        : 'Widen the window (`--last`, `--from`, `--to`), or choose another model.',
  })
}
