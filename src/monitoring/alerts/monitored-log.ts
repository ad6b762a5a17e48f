import type { PredictionQuery, RequestCount } from '../log/prediction-store.ts'
import type { MonitoredReference } from '../windows/load-reference.ts'
import type { PredictionWindow } from '../windows/prediction-window.ts'

/** What a check looks at, wherever it is kept. */
export interface MonitoredLog {
  /** Of the model that predicted last. Throws WINDOW_EMPTY. */
  window(query: Pick<PredictionQuery, 'from' | 'last'>): Promise<PredictionWindow>
  /** What that window is held against. Throws REFERENCE_NOT_FOUND. */
  reference(window: PredictionWindow): Promise<MonitoredReference>
  /** Predictions since then, of all models. */
  count(from: number): Promise<number>
  /** When something was predicted last; undefined: never. */
  last(): Promise<number | undefined>
  /** Requests since then; undefined where they are not counted. */
  requests(from: number): Promise<Omit<RequestCount, 'minute'> | undefined>
}
