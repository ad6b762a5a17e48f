import { totalVariation } from '../statistics/total-variation.ts'
import { compareMixes, countClasses, sumOf } from './class-mix.ts'
import { type CodedReference, histogramOf, largestGap } from './coded-rows.ts'
import type { DriftItem } from './drift-verdict.ts'
import { cliffsDelta, medianOf } from './effect-size.ts'
import { effectiveRoot, kolmogorovLambda, kolmogorovScore } from './kolmogorov-limit.ts'
import type { NumericMeasure, RowMeasures } from './measures.ts'
import type { NullDistribution } from './null-distribution.ts'
import { rowsForGap, rowsForMix } from './rows-needed.ts'

export interface Comparison {
  /** Of each numeric measure of the reference. */
  readonly medians: readonly number[]
  readonly coded: CodedReference
  readonly window: RowMeasures
  readonly known: NullDistribution
  readonly alpha: number
  readonly minGap: number
}

/** Every measure of the window beside the reference's; those without a value on a side are left out. */
export function compareMeasures(comparison: Comparison): DriftItem[] {
  const numeric = comparison.window.numeric.map((measure, j) =>
    compareNumbers(comparison, measure, j),
  )
  return [...numeric, compareClasses(comparison)].filter((item) => item !== undefined)
}

function compareNumbers(
  { medians, coded, known, alpha, minGap }: Comparison,
  { name, kind, values }: NumericMeasure,
  j: number,
): DriftItem | undefined {
  const [before, after] = [coded.histograms[j]!, histogramOf(values, coded.bins[j]!)]
  if (before.present === 0 || after.present === 0) return undefined
  const gap = largestGap(before, after.counts, after.present)
  const score = kolmogorovScore(effectiveRoot(before.present, after.present) * gap)
  const adjusted = known.adjusted(score)
  const critical = kolmogorovLambda(known.critical(alpha))
  const wanted = rowsForGap(gap, after.present, before.present, critical)
  return {
    name,
    kind,
    p: Math.exp(-score),
    adjusted,
    drifted: adjusted <= alpha && gap >= minGap,
    gap,
    effect: { name: 'cliffs_delta', value: cliffsDelta(before, after) },
    reference: medians[j]!,
    current: medianOf(values),
    changed: null,
    moreRows: adjusted <= alpha ? null : lacking(wanted, after.present),
  }
}

function compareClasses({
  coded,
  window,
  known,
  alpha,
  minGap,
}: Comparison): DriftItem | undefined {
  if (window.predicted === undefined || coded.predicted === undefined) return undefined
  const [before, after] = [
    coded.classCounts,
    countClasses(window.predicted, window.classNames.length),
  ]
  const [n1, n2] = [sumOf(before), sumOf(after)]
  const test = compareMixes(before, after)
  const adjusted = known.adjusted(test.score)
  const gap = totalVariation(before, after)
  const most = after.reduce((best, n, k) => {
    const moved = (at: number, count: number) => Math.abs(count / n2 - before[at]! / n1)
    return moved(k, n) > moved(best, after[best]!) ? k : best
  }, 0)
  const wanted = rowsForMix(test, n2, n1, known.critical(alpha))
  return {
    name: 'class mix',
    kind: 'class_mix',
    p: Math.exp(-test.score),
    adjusted,
    drifted: adjusted <= alpha && gap >= minGap,
    gap,
    effect: { name: 'total_variation', value: gap },
    reference: before[most]! / n1,
    current: after[most]! / n2,
    changed: window.classNames[most]!,
    moreRows: adjusted <= alpha ? null : lacking(wanted, n2),
  }
}

function lacking(wanted: number | null, rows: number): number | null {
  return wanted === null ? null : Math.max(1, wanted - rows)
}
