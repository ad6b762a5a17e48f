import type { Distribution, ParameterValue } from '../definition/distribution.ts'
import { canonicalText } from '../sampling/trial-params.ts'

export interface Tick {
  /** From 0 to 1. */
  readonly place: number
  readonly label: string
}

/** The axis of one quantity: where its values lie between 0 and 1, and what is written there. */
export interface AxisScale {
  /** Null for a value that is not on the axis. */
  place(value: ParameterValue): number | null
  readonly ticks: readonly Tick[]
  /** Values are few and have a place each. */
  readonly isDiscrete: boolean
}

const FEW = 6
const TICKS = 5

/** The axis of a parameter, over the values that trials had. Logarithmic where it is drawn so. */
export function parameterScale(
  distribution: Distribution,
  values: readonly ParameterValue[],
): AxisScale {
  if ('values' in distribution) return discreteScale(distribution.values)
  const numbers = values.filter((value) => typeof value === 'number')
  const distinct = [...new Set(numbers)].sort((a, b) => a - b)
  const isInteger = distribution.type === 'int_uniform' || distribution.type.startsWith('q_')
  if (isInteger && distinct.length > 0 && distinct.length <= FEW) return discreteScale(distinct)
  const isLog = distribution.type.includes('log') && distinct.every((value) => value > 0)
  return numberScale(distinct, isLog)
}

export function numberScale(values: readonly number[], isLog = false): AxisScale {
  const [low, high] = values.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  )
  const onto = isLog ? Math.log : same
  const [from, to] = [onto(low), onto(high)]
  const place = (value: ParameterValue) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return null
    return to > from ? (onto(value) - from) / (to - from) : 0.5
  }
  const round = to > from ? roundNumbers(low, high, isLog) : [low]
  const ticks =
    values.length === 0 ? [] : round.map((value) => ({ place: place(value)!, label: short(value) }))
  return { place, ticks, isDiscrete: false }
}

/** Numbers of few digits between two, on a logarithmic axis powers of ten or 1, 2, 5 of each. */
function roundNumbers(low: number, high: number, isLog: boolean): number[] {
  const exponents = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i)
  const within = (numbers: readonly number[]) =>
    numbers.filter((value) => value >= low && value <= high)
  if (isLog) {
    const decades = exponents(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)))
    const powers = within(decades.map(power))
    if (powers.length >= 2) return everyNth(powers, Math.ceil(powers.length / TICKS))
    const finer = within(decades.flatMap((n) => [1, 2, 5].map((digit) => digit * power(n))))
    if (finer.length >= 2) return finer
  }
  const coarse = (high - low) / (TICKS - 1)
  const size = Math.floor(Math.log10(coarse))
  const digit = [1, 2, 5, 10].find((candidate) => candidate * power(size) >= coarse) ?? 10
  const step = digit * power(size)
  const [first, last] = [Math.ceil(low / step), Math.floor(high / step)]
  // a product of the whole number, rounded: sums of 0.1 soon end in 0000004
  return exponents(first, last).map((n) => Number((n * step).toPrecision(12)))
}

/** Exact where `10 ** n` is a digit off. */
const power = (n: number) => Number(`1e${n}`)

const everyNth = (values: readonly number[], n: number) => values.filter((_, i) => i % n === 0)

function discreteScale(values: readonly ParameterValue[]): AxisScale {
  const places = new Map(
    values.map((value, i) => [
      canonicalText(value),
      values.length === 1 ? 0.5 : i / (values.length - 1),
    ]),
  )
  return {
    place: (value) => places.get(canonicalText(value)) ?? null,
    ticks: values.map((value) => ({
      place: places.get(canonicalText(value))!,
      label: typeof value === 'string' ? value : short(value),
    })),
    isDiscrete: true,
  }
}

const same = (value: number) => value

/** Three digits of a number; anything else as JSON, cut where it gets long. */
export function short(value: ParameterValue): string {
  if (typeof value !== 'number') {
    const text = JSON.stringify(value)
    return text.length <= 18 ? text : `${text.slice(0, 17)}…`
  }
  return String(Number(value.toPrecision(3)))
}
