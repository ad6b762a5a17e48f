import { andersonDarling } from './anderson-darling.ts'
import { hellinger, jensenShannon, klDivergence, populationStability } from './binned-distances.ts'
import { chiSquareTest, fisherExactTest, gTest, zTest } from './contingency.ts'
import { cramerVonMises } from './cramer-von-mises.ts'
import { energyDistance, normedWasserstein } from './distances.ts'
import { eppsSingleton } from './epps-singleton.ts'
import { kernelDiscrepancy } from './kernel-discrepancy.ts'
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts'
import { mannWhitney } from './mann-whitney.ts'
import {
  asCategories,
  type CategoricalSample,
  type NumericSample,
  requireNumeric,
  type Sample,
} from './sample.ts'
import { tTest } from './t-test.ts'
import { totalVariationTest } from './total-variation.ts'

export type ColumnType = Sample['type']

/** A two-sample test by Evidently's name. */
export interface DriftTest {
  /** As Evidently's reports have it, misspellings included. */
  readonly displayName: string
  /** Columns it may be asked for by name. */
  readonly types: readonly ColumnType[]
  /** When none is given. */
  readonly threshold: number
  /** Whether a score says that the column drifted; never for NaN. */
  readonly decide: (score: number, threshold: number) => boolean
  /** A p-value or a distance. Throws DRIFT_INPUT for samples it is not made for. */
  readonly compute: (reference: Sample, current: Sample) => number
}

type Decide = DriftTest['decide']
const below: Decide = (score, threshold) => score < threshold
const atMost: Decide = (score, threshold) => score <= threshold
const above: Decide = (score, threshold) => score > threshold
const atLeast: Decide = (score, threshold) => score >= threshold

function numeric(
  displayName: string,
  threshold: number,
  decide: Decide,
  compute: (reference: NumericSample, current: NumericSample) => number,
): DriftTest {
  return {
    displayName,
    types: ['num'],
    threshold,
    decide,
    compute: (reference, current) => compute(requireNumeric(reference), requireNumeric(current)),
  }
}

/** The default choice of tests also gives these to numbers of few values: each is a category then. */
function categorical(
  displayName: string,
  threshold: number,
  compute: (reference: CategoricalSample, current: CategoricalSample) => number,
): DriftTest {
  return {
    displayName,
    types: ['cat'],
    threshold,
    decide: below,
    compute: (reference, current) => compute(...asCategories(reference, current)),
  }
}

function binned(displayName: string, compute: DriftTest['compute']): DriftTest {
  return { displayName, types: ['cat', 'num'], threshold: 0.1, decide: atLeast, compute }
}

/** Every test of Evidently 0.4.22 for numbers and categories: same scores, thresholds and decisions. */
export const driftTests = {
  ks: numeric('K-S p_value', 0.05, atMost, kolmogorovSmirnov),
  chisquare: categorical('chi-square p_value', 0.05, chiSquareTest),
  z: categorical('Z-test p_value', 0.05, zTest),
  wasserstein: numeric('Wasserstein distance (normed)', 0.1, atLeast, normedWasserstein),
  jensenshannon: binned('Jensen-Shannon distance', jensenShannon),
  psi: binned('PSI', populationStability),
  kl_div: binned('Kullback-Leibler divergence', klDivergence),
  hellinger: binned('Hellinger distance', hellinger),
  anderson: numeric('Anderson-Darling', 0.1, below, andersonDarling),
  cramer_von_mises: numeric('Cramer-von Mises', 0.1, atMost, cramerVonMises),
  ed: numeric('Energy-distance', 0.1, above, energyDistance),
  t_test: numeric('t_test', 0.05, below, tTest),
  mannw: numeric('Mann-Whitney U-rank test', 0.05, below, mannWhitney),
  es: numeric('Epps-Singleton', 0.05, below, eppsSingleton),
  g_test: categorical('g_test', 0.1, gTest),
  fisher_exact: categorical("Fisher's Exact test", 0.1, fisherExactTest),
  TVD: categorical('Total-Variation-Distance', 0.1, totalVariationTest),
  emperical_mmd: numeric('emperical_mmd', 0.1, below, (r, c) => kernelDiscrepancy(r, c).p),
} as const satisfies Record<string, DriftTest>

export type DriftTestName = keyof typeof driftTests
