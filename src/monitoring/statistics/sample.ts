/** A value of a column of categories. */
export type Category = string | number | boolean

/** One side of a numeric column: finite numbers only, at least one. */
export interface NumericSample {
  readonly type: 'num'
  /** In the order of the rows. */
  readonly values: Float64Array
  readonly sorted: Float64Array
}

/** One side of a column of categories. Both sides of a comparison have the same categories. */
export interface CategoricalSample {
  readonly type: 'cat'
  /** Those of both sides, in rising order. */
  readonly categories: readonly Category[]
  /** Rows of each category. */
  readonly counts: Float64Array
  /** The place of each row's category, in the order of the rows. */
  readonly codes: Int32Array
}

export type Sample = NumericSample | CategoricalSample

/** Distinct values of two samples, and how many rows of each are at most that value. */
export interface PooledSteps {
  readonly values: Float64Array
  readonly reference: Int32Array
  readonly current: Int32Array
}

/** `values` must be finite. */
export function numericSample(values: Float64Array): NumericSample {
  return { type: 'num', values, sorted: values.slice().sort() }
}

export function categoricalSamples(
  reference: readonly Category[],
  current: readonly Category[],
): [reference: CategoricalSample, current: CategoricalSample] {
  const categories = [...new Set([...new Set(reference), ...new Set(current)])].sort(compare)
  const places = new Map(categories.map((category, place) => [category, place]))
  const encode = (rows: readonly Category[]) => Int32Array.from(rows, (row) => places.get(row)!)
  return [coded(categories, encode(reference)), coded(categories, encode(current))]
}

/** Each distinct number as a category; what is one already stays as it is. */
export function asCategories(
  reference: Sample,
  current: Sample,
): [reference: CategoricalSample, current: CategoricalSample] {
  if (reference.type === 'cat' && current.type === 'cat') return [reference, current]
  const [a, b] = [requireNumeric(reference), requireNumeric(current)]
  const { values } = pooledSteps(a, b)
  const encode = ({ values: rows }: NumericSample) =>
    Int32Array.from(rows, (row) => countBelow(values, row))
  const categories = [...values]
  return [coded(categories, encode(a)), coded(categories, encode(b))]
}

export function rowsOf(sample: Sample): number {
  return sample.type === 'num' ? sample.values.length : sample.codes.length
}

/** Distinct values of both sides together; stops counting at one more than `most`. */
export function distinctOf(reference: Sample, current: Sample, most: number): number {
  if (reference.type === 'cat') return reference.categories.length
  const [a, b] = [reference.sorted, requireNumeric(current).sorted]
  let [i, j, count] = [0, 0, 0]
  while (count <= most && (i < a.length || j < b.length)) {
    const value = j >= b.length || a[i]! <= b[j]! ? a[i]! : b[j]!
    while (a[i] === value) i++
    while (b[j] === value) j++
    count++
  }
  return count
}

export function requireNumeric(sample: Sample): NumericSample {
  if (sample.type === 'num') return sample
  throw new TypeError('This test compares numbers, and was given categories.')
}

export function pooledSteps(
  { sorted: a }: NumericSample,
  { sorted: b }: NumericSample,
): PooledSteps {
  const most = a.length + b.length
  const values = new Float64Array(most)
  const reference = new Int32Array(most)
  const current = new Int32Array(most)
  let [i, j, steps] = [0, 0, 0]
  while (i < a.length || j < b.length) {
    const value = j >= b.length || a[i]! <= b[j]! ? a[i]! : b[j]!
    while (a[i] === value) i++
    while (b[j] === value) j++
    values[steps] = value
    reference[steps] = i
    current[steps++] = j
  }
  return {
    values: values.subarray(0, steps),
    reference: reference.subarray(0, steps),
    current: current.subarray(0, steps),
  }
}

export function distinctCount({ sorted }: NumericSample): number {
  let count = sorted.length === 0 ? 0 : 1
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) count++
  return count
}

/** How many of the sorted values are below `value`. */
export function countBelow(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

function coded(categories: readonly Category[], codes: Int32Array): CategoricalSample {
  const counts = new Float64Array(categories.length)
  for (const code of codes) counts[code]!++
  return { type: 'cat', categories, counts, codes }
}

/** Numbers and booleans by size, before texts, which are ordered by code points. */
function compare(a: Category, b: Category): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'string') return 1
  if (typeof b === 'string') return -1
  return Number(a) - Number(b)
}
