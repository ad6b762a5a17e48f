import type { DriftLevel } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { type CodedReference, codeReference } from './coded-rows.ts'
import { compareMeasures } from './compare-measures.ts'
import { repeatsByNature, withoutRepeats } from './distinct-rows.ts'
import { checkRows, commonColumns, type DriftRows } from './drift-rows.ts'
import type { DriftItem, DriftVerdict } from './drift-verdict.ts'
import { medianOf } from './effect-size.ts'
import { createMeasures, type Measures } from './measures.ts'
import { createNull, type NullDistribution } from './null-distribution.ts'
import { reasonFor, warningsFor } from './verdict-text.ts'

export interface DriftJudgeOptions {
  /** Most false alarms, as a share of windows in which nothing has changed. Default 0.05. */
  readonly alpha?: number
  /** A change that moves a smaller share of rows is no drift, however certain. Default 0.05. */
  readonly minGap?: number
  /** Windows drawn from the reference to learn what chance does. Default 4000. */
  readonly resamples?: number
  readonly seed?: number
}

/** Judges windows against one reference; what it learns of the reference serves all of them. */
export interface DriftJudge {
  /**
   * `alpha` in place of the judge's own, for windows that are several looks at one question. Throws
   * DRIFT_INPUT for a window whose columns do not fit.
   */
  judge(window: DriftRows, alpha?: number): DriftVerdict
}

/** The reference as windows with certain columns are measured against it. */
interface Prepared {
  /** Whether equal rows are nothing unusual. */
  readonly repeats: boolean
  readonly measures: Measures
  readonly medians: readonly number[]
  readonly coded: CodedReference
  /** By window size. */
  readonly nulls: Map<number, NullDistribution>
}

const LEAST_REFERENCE = 40
/** Fewer rows are not compared. */
const LEAST_WINDOW = 2
/** What shows in fewer rows is told; that nothing shows in them says nothing. */
const LEAST_OK = 20
/** The level is watched up to so many times α. */
const WATCHED = 3
/** A window with a larger share of repeated rows is watched. */
const MOST_REPEATED = 0.2
/** From here on, larger windows differ from each other as those of so many rows do. */
const LIMIT_ROWS = 1000

/**
 * A judge of windows of any size: every feature, what the features let expect of each other, the
 * confidence, each class's probability and the class mix are compared, with one correction for all of
 * them. Throws DRIFT_INPUT for a reference that is too small or whose columns do not fit.
 */
export function createDriftJudge(
  reference: DriftRows,
  options: DriftJudgeOptions = {},
): DriftJudge {
  checkRows('reference', reference)
  if (reference.count < LEAST_REFERENCE) {
    throw new AtelierError(
      'DRIFT_INPUT',
      `The reference has ${reference.count} rows, wanted ${LEAST_REFERENCE} or more.`,
      { hint: 'Take predictions on held-out images as the reference, a thousand or more.' },
    )
  }
  const prepared = new Map<string, Prepared>()
  return {
    judge: (window, alpha = options.alpha ?? 0.05) => {
      checkRows('window', window)
      const common = commonColumns(reference, window)
      const key = JSON.stringify(common.shared)
      const known = prepared.get(key) ?? prepare(common.reference)
      prepared.set(key, known)
      const rows = known.repeats ? common.window : withoutRepeats(common.window)
      const items = rows.count < LEAST_WINDOW ? [] : itemsOf(known, rows, { ...options, alpha })
      return verdictOn({
        window,
        rows,
        reference,
        items,
        alpha,
        missing: common.missing,
      })
    },
  }
}

function prepare(reference: DriftRows): Prepared {
  const measures = createMeasures(reference)
  return {
    repeats: repeatsByNature(reference),
    measures,
    medians: measures.reference.numeric.map(({ values }) => medianOf(values)),
    coded: codeReference(measures.reference, reference.count),
    nulls: new Map(),
  }
}

function itemsOf(
  { measures, medians, coded, nulls }: Prepared,
  rows: DriftRows,
  { alpha = 0.05, minGap = 0.05, resamples = 4000, seed = 0 }: DriftJudgeOptions,
): DriftItem[] {
  const size = simulatedRows(rows.count, coded.count)
  const known = nulls.get(size) ?? createNull(coded, size, { resamples, seed })
  nulls.set(size, known)
  const items = compareMeasures({ medians, coded, window: measures.of(rows), known, alpha, minGap })
  return items.sort((a, b) => a.adjusted - b.adjusted || a.p - b.p || b.gap - a.gap)
}

/** Small windows as they are; of the reference, at least half must be left to compare with. */
function simulatedRows(rows: number, reference: number): number {
  const rounded = rows <= 200 ? rows : Math.min(LIMIT_ROWS, rows - (rows % 100))
  return Math.min(rounded, Math.floor(reference / 2))
}

interface Findings {
  readonly window: DriftRows
  readonly rows: DriftRows
  readonly reference: DriftRows
  readonly items: readonly DriftItem[]
  readonly alpha: number
  readonly missing: readonly string[]
}

function verdictOn({ window, rows, reference, items, alpha, missing }: Findings): DriftVerdict {
  const p = items.reduce((least, { adjusted }) => Math.min(least, adjusted), 1)
  const repeated = window.count - rows.count
  const isWatched = p <= WATCHED * alpha || repeated > MOST_REPEATED * window.count
  const verdict = levelOf(items, isWatched, rows.count)
  const lacks = LEAST_OK - rows.count
  const facts = {
    verdict,
    rows: window.count,
    judged: rows.count,
    needed: verdict === 'unjudged' && lacks > 0 ? lacks : null,
    referenceRows: reference.count,
    alpha,
    p,
    items,
  }
  return {
    ...facts,
    reason: reasonFor(facts),
    warnings: warningsFor(facts, window, reference, missing),
  }
}

function levelOf(items: readonly DriftItem[], isWatched: boolean, rows: number): DriftLevel {
  if (items.length === 0) return 'unjudged'
  if (items.some((item) => item.drifted)) return 'drift'
  if (isWatched) return 'watch'
  return rows < LEAST_OK ? 'unjudged' : 'ok'
}
