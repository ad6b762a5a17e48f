import type { UiComparedKey } from '../../../src/contracts/index.ts'

/** The best of at least two different numbers; null where there is no such thing. */
export function bestOf({ values, goal, differs }: UiComparedKey): number | null {
  const numbers = values.filter((value) => typeof value === 'number')
  if (goal === null || !differs || numbers.length < 2) return null
  return goal === 'max' ? Math.max(...numbers) : Math.min(...numbers)
}
