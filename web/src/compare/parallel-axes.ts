import type { UiComparedKey, UiComparison, UiValue } from '../../../src/contracts/index.ts'

export interface ParallelAxis {
  readonly key: string
  /** Text and place of the ticks; 0 is the bottom, 1 the top. */
  readonly ticks: readonly { readonly text: string; readonly at: number }[]
  /** By run; null where it has no value. */
  readonly places: readonly (number | null)[]
}

const MOST_AXES = 8
/** From here on an axis of positive numbers is logarithmic: 0.0001 to 0.01 and the like. */
const LOG_RATIO = 50

/** Keys that differ, then the metrics of the validation; what is shown without a choice. */
export function usualAxes({ config, metrics }: UiComparison): string[] {
  const keys = config.filter(({ differs }) => differs).map(({ key }) => key)
  const results = metrics.filter(({ key, differs }) => differs && /^val\./.test(key))
  const others = metrics.filter(({ key, differs }) => differs && !/^(?:val|system)\./.test(key))
  const named = (results.length > 0 ? results : others).slice(0, 2).map(({ key }) => key)
  return [...keys.slice(0, MOST_AXES - named.length), ...named]
}

/** A setting that some runs leave out has names on its axis; a result that is missing is a hole. */
export function parallelAxis(
  row: UiComparedKey,
  { isResult, format }: { isResult: boolean; format: (value: UiValue) => string },
): ParallelAxis {
  const given = row.values.filter((value) => value !== null || !isResult)
  const isNumeric = given.length > 0 && given.every((value) => typeof value === 'number')
  return isNumeric ? numericAxis(row, format) : namedAxis(row, format)
}

function numericAxis({ key, values }: UiComparedKey, format: (value: UiValue) => string) {
  const numbers = values.filter((value) => typeof value === 'number')
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const isLog = low > 0 && high / low >= LOG_RATIO
  const scale = (x: number) => (isLog ? Math.log(x) : x)
  const span = scale(high) - scale(low)
  const place = (x: number) => (span === 0 ? 0.5 : (scale(x) - scale(low)) / span)
  const unscale = (at: number) => {
    const x = scale(low) + at * span
    return isLog ? Math.exp(x) : x
  }
  const distinct = [...new Set(numbers)]
  // a few settings are named as they are, a range is divided
  const marks = distinct.length <= 5 ? distinct : [0, 0.25, 0.5, 0.75, 1].map(unscale)
  return {
    key,
    ticks: marks.map((x) => ({ text: format(x), at: place(x) })),
    places: values.map((value) => (typeof value === 'number' ? place(value) : null)),
  }
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

function namedAxis({ key, values }: UiComparedKey, format: (value: UiValue) => string) {
  const names = [...new Set(values.map((value) => (value === null ? '–' : format(value))))].sort(
    byNumber,
  )
  const place = (name: string) =>
    names.length === 1 ? 0.5 : names.indexOf(name) / (names.length - 1)
  return {
    key,
    ticks: names.map((text) => ({ text, at: place(text) })),
    places: values.map((value) => place(value === null ? '–' : format(value))),
  }
}
