import type { Scalar } from './node.ts'
import type { NumberScalar, OverrideElement, OverrideValue } from './override-value.ts'

/** Sorted as Python sorts. Throws TypeError for values that cannot be compared. */
export function sortValue(value: OverrideValue, descending: boolean): OverrideValue {
  if (value.kind === 'choice' || value.kind === 'list') {
    return { ...value, items: sortElements(value.items, descending) }
  }
  if (value.kind === 'range') return sortRange(value, descending)
  const isNull = value.kind === 'scalar' && value.scalar.type === 'null'
  if (!isNull && (value.kind === 'scalar' || value.kind === 'map')) return value
  throw new TypeError(`cannot sort ${isNull ? 'null' : `a ${value.kind}`}`)
}

function sortElements(items: readonly OverrideElement[], descending: boolean): OverrideElement[] {
  if (items.length < 2) return [...items]
  const scalars = items.map((item) => {
    if (item.kind === 'scalar' && item.quote === undefined) return item.scalar
    throw new TypeError('cannot compare these values')
  })
  const texts = scalars.filter(({ type }) => type === 'string').length
  const comparable = texts === 0 || texts === scalars.length
  if (!comparable || scalars.some(({ type }) => type === 'null')) {
    throw new TypeError('cannot compare texts with other values')
  }
  const sign = descending ? -1 : 1
  return items.toSorted((a, b) => sign * compare(scalarIn(a), scalarIn(b)))
}

const scalarIn = (item: OverrideElement) => (item as { readonly scalar: Scalar }).scalar

function compare({ value: a }: Scalar, { value: b }: Scalar): number {
  if (typeof a !== 'string' || typeof b !== 'string') return Number(a) - Number(b)
  return a < b ? -1 : a > b ? 1 : 0
}

type Range = Extract<OverrideValue, { kind: 'range' }>

/** A range that runs the other way is turned round. */
function sortRange(range: Range, descending: boolean): Range {
  const { start, stop, step } = range
  const runsDown = start.value > stop.value
  if (runsDown === descending || start.value === stop.value) return range
  const size = Math.abs(step.value)
  const shift = descending ? -size : size
  const type = (bound: NumberScalar) =>
    bound.type === 'int' && step.type === 'int' ? 'int' : 'float'
  return {
    ...range,
    start: { type: type(stop), value: stop.value + shift },
    stop: { type: type(start), value: start.value + shift },
    step: { type: step.type, value: -step.value },
  }
}
