import { AtelierError } from '../../core/index.ts'
import type { ColumnType } from '../statistics/drift-tests.ts'
import {
  asCategories,
  categoricalSamples,
  numericSample,
  rowsOf,
  type Sample,
} from '../statistics/sample.ts'
import { chooseTest, chooseThreshold } from './choose-test.ts'
import { columnTypes } from './column-types.ts'
import type { EvidentlyOptions } from './options.ts'
import type { ColumnDrift, EvidentlyReport } from './report.ts'
import { smallDistribution } from './small-distribution.ts'
import {
  isNumeric,
  presentCategories,
  presentNumbers,
  type Side,
  type Table,
  type TableColumn,
} from './table.ts'

/** Of the table of columns, whatever the share that was asked for. */
const TABLE_SHARE = 0.5

export interface EvidentlyResult {
  readonly report: EvidentlyReport
  /** Rows left out because they hold NaN, an infinity or nothing; Evidently leaves them out as well. */
  readonly dropped: readonly DroppedRows[]
}

export interface DroppedRows {
  readonly column: string
  readonly side: Side
  readonly rows: number
}

/**
 * Compares two tables as Evidently 0.4.22's `Report([DataDriftPreset()])`: same columns, tests,
 * scores and decisions. Other than there, infinities are left out in any case, not only beside NaN.
 * Throws DRIFT_INPUT for a column that is empty, missing or not fit for its test, DRIFT_OPTION for a
 * test that does not exist or does not fit.
 */
export function evidentlyReport(
  reference: Table,
  current: Table,
  options: EvidentlyOptions = {},
): EvidentlyResult {
  const types = [...columnTypes(reference, current, options)]
  const columns = types.map(([name, type]) =>
    compareColumn(name, type, reference[name]!, current[name]!, options),
  )
  const drifts = columns.map(({ drift }) => drift)
  const driftShare = options.driftShare ?? TABLE_SHARE
  return {
    report: {
      metrics: [
        {
          metric: 'DatasetDriftMetric',
          result: { drift_share: driftShare, ...countsOf(drifts, driftShare) },
        },
        {
          metric: 'DataDriftTable',
          result: {
            ...countsOf(drifts, TABLE_SHARE),
            drift_by_columns: Object.fromEntries(drifts.map((each) => [each.column_name, each])),
            current_fi: null,
            reference_fi: null,
          },
        },
      ],
    },
    dropped: columns.flatMap(({ dropped }) => dropped),
  }
}

function countsOf(drifts: readonly ColumnDrift[], share: number) {
  const drifted = drifts.filter((drift) => drift.drift_detected).length
  return {
    number_of_columns: drifts.length,
    number_of_drifted_columns: drifted,
    share_of_drifted_columns: drifted / drifts.length,
    dataset_drift: drifted / drifts.length >= share,
  }
}

function compareColumn(
  name: string,
  type: ColumnType,
  reference: TableColumn,
  current: TableColumn,
  options: EvidentlyOptions,
): { readonly drift: ColumnDrift; readonly dropped: readonly DroppedRows[] } {
  const samples = samplesOf(name, type, reference, current)
  const test = chooseTest(name, samples, options)
  const threshold = chooseThreshold(name, type, options) ?? test.threshold
  const score = scoreOf(name, () => test.compute(...samples))
  const drift: ColumnDrift = {
    column_name: name,
    column_type: type,
    stattest_name: test.displayName,
    stattest_threshold: threshold,
    drift_score: score,
    drift_detected: test.decide(score, threshold),
    current: { small_distribution: smallDistribution(samples[1]) },
    reference: { small_distribution: smallDistribution(samples[0]) },
  }
  const dropped = [
    { column: name, side: 'reference', rows: reference.length - rowsOf(samples[0]) },
    { column: name, side: 'current', rows: current.length - rowsOf(samples[1]) },
  ] as const
  return { drift, dropped: dropped.filter(({ rows }) => rows > 0) }
}

function samplesOf(
  name: string,
  type: ColumnType,
  reference: TableColumn,
  current: TableColumn,
): readonly [Sample, Sample] {
  if (isNumeric(reference) && isNumeric(current)) {
    const samples = [
      numericSample(requireRows(name, 'reference', reference, presentNumbers(reference))),
      numericSample(requireRows(name, 'current', current, presentNumbers(current))),
    ] as const
    return type === 'num' ? samples : asCategories(...samples)
  }
  if (type === 'num') throw notNumbers(name, isNumeric(reference) ? 'current' : 'reference')
  return categoricalSamples(
    requireRows(name, 'reference', reference, presentCategories(reference)),
    requireRows(name, 'current', current, presentCategories(current)),
  )
}

function requireRows<T extends { readonly length: number }>(
  column: string,
  side: Side,
  { length }: TableColumn,
  present: T,
): T {
  if (present.length > 0) return present
  const why = length === 0 ? 'it has no rows' : `none of its ${length} rows holds a finite value`
  throw new AtelierError(
    'DRIFT_INPUT',
    `Column '${column}' of the ${side} data is empty: ${why}.`,
    {
      hint: 'Leave the column out, or wait for rows.',
      data: { column, side },
    },
  )
}

function notNumbers(column: string, side: Side): AtelierError {
  return new AtelierError(
    'DRIFT_INPUT',
    `Column '${column}' of the ${side} data holds texts, wanted numbers.`,
    { data: { column, side } },
  )
}

/** The tests know their samples; whose they are is said here. */
function scoreOf(column: string, compute: () => number): number {
  try {
    return compute()
  } catch (error) {
    if (!(error instanceof AtelierError)) throw error
    throw new AtelierError(error.code, `Column '${column}': ${error.message}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error,
      data: { column },
    })
  }
}
