import { lineSearch, type Sample } from './line-search.ts'

export interface Bounds {
  readonly low: number
  readonly high: number
}

export interface Minimum {
  readonly x: number
  readonly f: number
}

const FLAT = 1e-5
const RELATIVE_DECREASE = 2.220446049250313e-9
const MAX_ITERATIONS = 15_000

/**
 * A local minimum between bounds, as L-BFGS-B finds it in one dimension (Byrd, Lu, Nocedal and Zhu,
 * 1995), with SciPy's criteria for stopping: there the matrix is one number, the last secant's.
 */
export function boundedMinimum(
  evaluate: (x: number) => Sample,
  start: number,
  { low, high }: Bounds,
): Minimum {
  const inside = (x: number) => Math.min(Math.max(x, low), high)
  let x = inside(start)
  let { f, g } = evaluate(x)
  let curvature = 1
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (Math.abs(inside(x - g) - x) <= FLAT) break
    const d = inside(x - g / curvature) - x
    const found = search(evaluate, { x, f, g }, d, iteration === 0 ? 1 : stepLimit(x, d, low, high))
    if (found === undefined) {
      if (curvature === 1) break
      curvature = 1
      continue
    }
    const decrease = f - found.f
    const scale = Math.max(Math.abs(f), Math.abs(found.f), 1)
    const [dx, dg] = [found.t * d, found.g - g]
    const isCurved = dx * dg > Number.EPSILON * -g * dx
    x += dx
    f = found.f
    g = found.g
    if (Math.abs(inside(x - g) - x) <= FLAT || decrease <= RELATIVE_DECREASE * scale) break
    if (isCurved) curvature = dg / dx
  }
  return { x, f }
}

function search(
  evaluate: (x: number) => Sample,
  { x, f, g }: { readonly x: number } & Sample,
  d: number,
  limit: number,
) {
  if (!(g * d < 0)) return undefined
  const along = (t: number): Sample => {
    const here = evaluate(x + t * d)
    return { f: here.f, g: here.g * d }
  }
  const found = lineSearch(along, { f, g: g * d }, 1, limit)
  return found === undefined ? undefined : { t: found.t, f: found.f, g: found.g / d }
}

/** How often d fits between x and the bound that it points to. */
function stepLimit(x: number, d: number, low: number, high: number): number {
  return d < 0 ? (low - x) / d : (high - x) / d
}
