/** A decimal number `digits · 10^exponent`, as far as Python's `decimal` is needed here. */
export interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

/** Significant digits that a sum keeps. */
const PRECISION = 28

/** The exact decimal value of a double: every one has finitely many digits. */
export function decimalOf(value: number): Decimal {
  let [scaled, exponent] = [value, 0]
  // doubling and halving are exact; each halving below the point is one more decimal digit
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    exponent--
  }
  return { digits: BigInt(scaled) * 5n ** BigInt(-exponent), exponent }
}

/** The sum, rounded half to even. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent)
  return rounded({ digits: scaledTo(a, exponent) + scaledTo(b, exponent), exponent })
}

/** Negative, zero or positive, as `a` is below, at or above `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const exponent = Math.min(a.exponent, b.exponent)
  const [left, right] = [scaledTo(a, exponent), scaledTo(b, exponent)]
  return left < right ? -1 : left > right ? 1 : 0
}

export function decimalToNumber({ digits, exponent }: Decimal): number {
  return Number(`${digits}e${exponent}`)
}

const scaledTo = ({ digits, exponent }: Decimal, target: number) =>
  digits * 10n ** BigInt(exponent - target)

function rounded({ digits, exponent }: Decimal): Decimal {
  const size = digits < 0n ? -digits : digits
  const surplus = String(size).length - PRECISION
  if (surplus <= 0) return { digits, exponent }
  const unit = 10n ** BigInt(surplus)
  const [kept, rest] = [size / unit, (size % unit) * 2n]
  const up = rest > unit || (rest === unit && kept % 2n === 1n) ? 1n : 0n
  const sign = digits < 0n ? -1n : 1n
  return { digits: sign * (kept + up), exponent: exponent + surplus }
}
