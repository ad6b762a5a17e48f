import { AtelierError } from '../core/index.ts'
import { addDecimals, compareDecimals, decimalOf, decimalToNumber } from './decimal.ts'
import { shuffled } from './override-functions.ts'
import type { NumberScalar, OverrideElement, OverrideSweep } from './override-value.ts'

type Shuffle = <T>(items: readonly T[]) => T[]

/** More jobs than anyone means: a step that is a typo would otherwise fill the memory. */
const MOST_ITEMS = 100_000

/**
 * The values of a choice or a range, in order. Throws CONFIG_SYNTAX for an interval, which has no
 * end of values, and for a range that has none or does not end; globs are the caller's.
 */
export function sweepItems(
  sweep: Exclude<OverrideSweep, { kind: 'glob' }>,
  text: string,
  shuffle: Shuffle = shuffled,
): readonly OverrideElement[] {
  if (sweep.kind === 'interval') {
    throw refused(
      text,
      'an interval has no single values',
      'Use range(start,stop,step), or `atelier sweep`.',
    )
  }
  const items = sweep.kind === 'choice' ? sweep.items : rangeItems(sweep, text)
  return sweep.shuffle ? shuffle(items) : items
}

type Range = Extract<OverrideSweep, { kind: 'range' }>

function rangeItems({ start, stop, step }: Range, text: string): OverrideElement[] {
  if (step.value === 0) throw refused(text, 'the step of a range is 0', 'Give a step.')
  const count = (stop.value - start.value) / step.value
  if (!(count <= MOST_ITEMS)) {
    throw refused(text, `the range has more than ${MOST_ITEMS} values`, 'Give a larger step.')
  }
  const whole = [start, stop, step].every(({ type }) => type === 'int')
  const values = whole ? integers(start, stop, step) : decimals(start, stop, step)
  const type = whole ? 'int' : 'float'
  return values.map((value) => ({ kind: 'scalar', scalar: { type, value } }))
}

function integers(start: NumberScalar, stop: NumberScalar, step: NumberScalar): number[] {
  const count = Math.max(0, Math.ceil((stop.value - start.value) / step.value))
  return Array.from({ length: count }, (_, i) => start.value + i * step.value)
}

/** Steps are added up in decimals of 28 digits, as Hydra does: 0.1 three times is 0.30000000000000004. */
function decimals(start: NumberScalar, stop: NumberScalar, step: NumberScalar): number[] {
  const [end, size] = [decimalOf(stop.value), decimalOf(step.value)]
  const values: number[] = []
  const forward = step.value > 0 ? -1 : 1
  for (
    let at = decimalOf(start.value);
    Math.sign(compareDecimals(at, end)) === forward;
    at = addDecimals(at, size)
  ) {
    values.push(decimalToNumber(at))
  }
  return values
}

function refused(text: string, what: string, hint: string): AtelierError {
  return new AtelierError('CONFIG_SYNTAX', `Override '${text}': ${what}.`, { hint })
}
