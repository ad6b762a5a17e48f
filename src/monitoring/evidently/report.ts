import type { ColumnType } from '../statistics/drift-tests.ts'
import type { Category } from '../statistics/sample.ts'

/** Bars of a column: 11 edges and 10 densities of numbers, or categories and their rows. */
export interface SmallDistribution {
  readonly x: readonly Category[]
  readonly y: readonly number[]
}

export interface ColumnDrift {
  readonly column_name: string
  readonly column_type: ColumnType
  readonly stattest_name: string
  readonly stattest_threshold: number
  /** A p-value or a distance, after the test; may be NaN. */
  readonly drift_score: number
  readonly drift_detected: boolean
  readonly current: { readonly small_distribution: SmallDistribution }
  readonly reference: { readonly small_distribution: SmallDistribution }
}

interface DriftCounts {
  readonly number_of_columns: number
  readonly number_of_drifted_columns: number
  readonly share_of_drifted_columns: number
  readonly dataset_drift: boolean
}

/** What `Report([DataDriftPreset()]).as_dict()` of Evidently 0.4.22 gives. */
export interface EvidentlyReport {
  readonly metrics: readonly [
    {
      readonly metric: 'DatasetDriftMetric'
      readonly result: { readonly drift_share: number } & DriftCounts
    },
    {
      readonly metric: 'DataDriftTable'
      readonly result: DriftCounts & {
        readonly drift_by_columns: Readonly<Record<string, ColumnDrift>>
        readonly current_fi: null
        readonly reference_fi: null
      }
    },
  ]
}
