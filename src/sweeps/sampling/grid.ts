import type { Distribution, ParameterValue } from '../definition/distribution.ts'
import type { SweepFile, SweepParameter } from '../definition/sweep-file.ts'
import type { Trial, TrialParams } from './trial.ts'
import { canonicalText, nestParams, paramAt } from './trial-params.ts'

/**
 * The first point of the grid that no trial has; undefined when all are tried. The last parameter in
 * the order of names changes fastest.
 */
export function nextGridPoint(
  { parameters }: Pick<SweepFile, 'parameters'>,
  trials: readonly Trial[],
): TrialParams | undefined {
  const lists = parameters.map(({ distribution }) => valuesOf(distribution))
  // a constant has no part in telling trials apart
  const varied = parameters.filter(({ distribution }) => distribution.type !== 'constant')
  const seen = new Set(trials.map(({ params }) => keyOf(varied, params)))
  for (let number = 0; number < pointCount(lists); number++) {
    const values = pointAt(lists, number)
    const params = nestParams(parameters.map(({ path }, i) => [path, values[i]!] as const))
    if (!seen.has(keyOf(varied, params))) return params
  }
  return undefined
}

/** How many points a grid has, doubles included. */
export function gridSize({ parameters }: Pick<SweepFile, 'parameters'>): number {
  return pointCount(parameters.map(({ distribution }) => valuesOf(distribution)))
}

const pointCount = (lists: readonly (readonly unknown[])[]) =>
  lists.reduce((product, { length }) => product * length, 1)

function pointAt(lists: readonly (readonly ParameterValue[])[], number: number): ParameterValue[] {
  let rest = number
  return lists
    .toReversed()
    .map((values) => {
      const value = values[rest % values.length]!
      rest = Math.floor(rest / values.length)
      return value
    })
    .reverse()
}

function valuesOf(distribution: Distribution): readonly ParameterValue[] {
  switch (distribution.type) {
    case 'constant':
      return [distribution.value]
    case 'categorical':
      return distribution.values
    case 'int_uniform': {
      const { min, max } = distribution
      return Array.from({ length: max - min + 1 }, (_, i) => min + i)
    }
    case 'q_uniform': {
      const { min, max, q } = distribution
      // as numpy's arange: without the end, and with the step that the first two values have
      const step = min + q - min
      return Array.from({ length: Math.ceil((max - min) / q) }, (_, i) => min + i * step)
    }
    default:
      throw new RangeError(`A grid cannot list ${distribution.type}.`)
  }
}

const keyOf = (parameters: readonly SweepParameter[], params: TrialParams) =>
  parameters.map(({ path }) => canonicalText(paramAt(params, path))).join('\n')
