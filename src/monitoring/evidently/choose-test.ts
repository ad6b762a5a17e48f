import { AtelierError, nearestName } from '../../core/index.ts'
import {
  type ColumnType,
  type DriftTest,
  type DriftTestName,
  driftTests,
} from '../statistics/drift-tests.ts'
import { distinctOf, rowsOf, type Sample } from '../statistics/sample.ts'
import type { EvidentlyOptions } from './options.ts'

/** Larger references are judged by distances, whose thresholds do not depend on the rows. */
const MOST_FOR_TESTS = 1000
const FEW_NUMBERS = 5

/** The test of a column: as asked for, or by the reference's rows and the number of distinct values. */
export function chooseTest(
  name: string,
  [reference, current]: readonly [Sample, Sample],
  options: EvidentlyOptions,
): DriftTest {
  const { type } = reference
  const wanted =
    options.columnTests?.[name] ??
    (type === 'cat' ? options.catTest : options.numTest) ??
    options.test
  return wanted === undefined
    ? driftTests[defaultTest(reference, current)]
    : namedTest(name, type, wanted)
}

/** Undefined when the test's own is to be taken. */
export function chooseThreshold(name: string, type: ColumnType, options: EvidentlyOptions) {
  return (
    options.columnThresholds?.[name] ??
    (type === 'cat' ? options.catThreshold : options.numThreshold) ??
    options.threshold
  )
}

function defaultTest(reference: Sample, current: Sample): DriftTestName {
  const distinct = distinctOf(reference, current, FEW_NUMBERS)
  const isFew = reference.type === 'cat' || distinct <= FEW_NUMBERS
  if (rowsOf(reference) > MOST_FOR_TESTS) return isFew ? 'jensenshannon' : 'wasserstein'
  if (!isFew) return 'ks'
  return distinct <= 2 ? 'z' : 'chisquare'
}

function namedTest(column: string, type: ColumnType, name: string): DriftTest {
  const ofType = Object.entries<DriftTest>(driftTests).filter(([, test]) =>
    test.types.includes(type),
  )
  const names = ofType.map(([each]) => each)
  if (!Object.hasOwn(driftTests, name)) {
    const near = nearestName(name, names)
    throw new AtelierError(
      'DRIFT_OPTION',
      `There is no drift test '${name}' (column '${column}').`,
      {
        hint: near ? `Did you mean '${near}'?` : `There are: ${names.join(', ')}.`,
      },
    )
  }
  const test: DriftTest = driftTests[name as DriftTestName]
  if (test.types.includes(type)) return test
  const kind = type === 'num' ? 'numbers' : 'categories'
  throw new AtelierError(
    'DRIFT_OPTION',
    `The drift test '${name}' does not compare ${kind}, which column '${column}' holds.`,
    { hint: `Tests of ${kind}: ${names.join(', ')}.` },
  )
}
