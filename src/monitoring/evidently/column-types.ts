import { AtelierError } from '../../core/index.ts'
import type { ColumnType } from '../statistics/drift-tests.ts'
import type { EvidentlyOptions } from './options.ts'
import { distinctIn, isNumeric, presentNumbers, type Table } from './table.ts'

/** Numbers of fewer values are the classes of a classification. */
const LEAST_OF_REGRESSION = 5

interface Roles {
  readonly target: string | undefined
  readonly prediction: string | undefined
  readonly task: EvidentlyOptions['task']
}

/** The columns to compare and the type of each, in the order of the report. */
export function columnTypes(
  reference: Table,
  current: Table,
  options: EvidentlyOptions,
): ReadonlyMap<string, ColumnType> {
  const roles = rolesOf(reference, options)
  const features = featuresOf(reference, roles, options)
  const all = [roles.target, roles.prediction, ...features.keys()].filter((n) => n !== undefined)
  const typeOf = (name: string): [string, ColumnType] => {
    requireBoth(name, reference, current)
    const type = roleType(name, roles, reference, current) ?? features.get(name)
    if (type !== undefined) return [name, type]
    throw new AtelierError('DRIFT_INPUT', `Column '${name}' is neither numbers nor categories.`, {
      hint: 'Leave it out of the columns to compare.',
    })
  }
  const names = options.columns ?? all
  if (names.length === 0) {
    throw new AtelierError('DRIFT_INPUT', 'The reference has no column to compare.')
  }
  return new Map(names.map(typeOf))
}

function rolesOf(reference: Table, options: EvidentlyOptions): Roles {
  const present = (name: string) => (Object.hasOwn(reference, name) ? name : undefined)
  const target = present(options.target ?? 'target')
  const prediction = present(options.prediction ?? 'prediction')
  return { target, prediction, task: options.task ?? guessTask(reference, target) }
}

function guessTask(reference: Table, target: string | undefined): Roles['task'] {
  if (target === undefined) return undefined
  const column = reference[target]!
  const isRegression = isNumeric(column) && distinctIn(column) >= LEAST_OF_REGRESSION
  return isRegression ? 'regression' : 'classification'
}

/** Numbers before categories, each by name. */
function featuresOf(
  reference: Table,
  { target, prediction }: Roles,
  { numericalFeatures, categoricalFeatures, id, datetime }: EvidentlyOptions,
): ReadonlyMap<string, ColumnType> {
  const others = new Set([target, prediction, id, datetime])
  const named = new Set(categoricalFeatures)
  const guessed = Object.keys(reference)
    .filter((name) => !others.has(name))
    .sort()
  const numeric = (name: string) => Object.hasOwn(reference, name) && isNumeric(reference[name]!)
  const numbers = numericalFeatures
    ? [...numericalFeatures].filter(numeric).sort()
    : guessed.filter((name) => numeric(name) && !named.has(name))
  const categories = categoricalFeatures ?? guessed.filter((name) => !numeric(name))
  return new Map<string, ColumnType>(
    [
      ...categories
        .map((name) => [name, 'cat'] as const)
        .filter(([name]) => !numbers.includes(name)),
      ...numbers.map((name) => [name, 'num'] as const),
    ].sort(([, a], [, b]) => Number(a === 'cat') - Number(b === 'cat')),
  )
}

function roleType(
  name: string,
  { target, prediction, task }: Roles,
  reference: Table,
  current: Table,
): ColumnType | undefined {
  if (name !== target && name !== prediction) return undefined
  const both = [reference[name]!, current[name]!]
  const isMany = both.every(isNumeric) && distinctIn(...both) > LEAST_OF_REGRESSION
  if (task === 'regression' || (task === undefined && isMany)) return 'num'
  return name !== target && both.every(isProbabilities) && both.some(isFractions) ? 'num' : 'cat'
}

const isFractions = (column: Table[string]) => column instanceof Float64Array

function isProbabilities(column: Table[string]): boolean {
  return isNumeric(column) && presentNumbers(column).every((value) => value >= 0 && value <= 1)
}

function requireBoth(name: string, reference: Table, current: Table): void {
  for (const [side, table] of Object.entries({ reference, current })) {
    if (Object.hasOwn(table, name)) continue
    throw new AtelierError('DRIFT_INPUT', `Column '${name}' is missing from the ${side} data.`, {
      hint: `Its columns are: ${Object.keys(table).join(', ')}.`,
      data: { column: name, side },
    })
  }
}
