import type { DriftTestName } from '../statistics/drift-tests.ts'

/** The settings of Evidently's `DataDriftPreset` and of its `ColumnMapping`, by our spelling. */
export interface EvidentlyOptions {
  /** The columns to compare, in this order. Default: all of the reference. */
  readonly columns?: readonly string[]
  /** Share of drifted columns from which the data set has drifted. Default 0.5. */
  readonly driftShare?: number
  /** The test for every column, unless the next three say otherwise. */
  readonly test?: DriftTestName
  readonly catTest?: DriftTestName
  readonly numTest?: DriftTestName
  readonly columnTests?: Readonly<Record<string, DriftTestName>>
  /** The threshold for every column, unless the next three say otherwise. */
  readonly threshold?: number
  readonly catThreshold?: number
  readonly numThreshold?: number
  readonly columnThresholds?: Readonly<Record<string, number>>
  /** Default: the column of that name, if there is one. */
  readonly target?: string
  readonly prediction?: string
  readonly task?: 'regression' | 'classification'
  readonly numericalFeatures?: readonly string[]
  readonly categoricalFeatures?: readonly string[]
  /** Columns that are neither features nor compared. */
  readonly id?: string
  readonly datetime?: string
}
