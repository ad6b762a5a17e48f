/** A function of one number with its slope. */
export interface Sample {
  readonly f: number
  readonly g: number
}

/** A place on the line with what the function is there. */
interface Point extends Sample {
  readonly t: number
}

const SUFFICIENT_DECREASE = 1e-3
const FLAT_ENOUGH = 0.9
const NARROW = 0.1
const MAX_EVALUATIONS = 20

/**
 * A step t in (0, limit] with sufficient decrease and a slope flat enough, from a start with a negative
 * slope, after Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease" (ACM TOMS
 * 20, 1994). Undefined when there is none after 20 evaluations.
 */
export function lineSearch(
  evaluate: (t: number) => Sample,
  start: Sample,
  first: number,
  limit: number,
): Point | undefined {
  const slope = SUFFICIENT_DECREASE * start.g
  let low: Point = { t: 0, ...start }
  let high: Point = low
  let isBracketed = false
  let isEarly = true
  let width = limit
  let widthBefore = 2 * limit
  let [least, most] = [0, 5 * first]
  let t = Math.min(first, limit)
  for (let n = 0; n < MAX_EVALUATIONS; n++) {
    const here: Point = { t, ...evaluate(t) }
    const aim = start.f + t * slope
    const isLow = here.f <= aim
    if (isEarly && isLow && here.g >= 0) isEarly = false
    if (isLow && Math.abs(here.g) <= FLAT_ENOUGH * -start.g) return here
    if (isBracketed && (t <= least || t >= most || most - least <= NARROW * most)) return here
    if (t === limit && isLow && here.g <= slope) return here
    // until a step has decreased enough, the function is taken without the decrease that is asked of it
    const tilt = isEarly && here.f <= low.f && !isLow ? slope : 0
    const step = nextStep(tilted(low, tilt), tilted(high, tilt), tilted(here, tilt), isBracketed, [
      least,
      most,
    ])
    low = tilted(step.low, -tilt)
    high = tilted(step.high, -tilt)
    isBracketed = step.isBracketed
    t = step.t
    if (isBracketed) {
      if (Math.abs(high.t - low.t) >= 0.66 * widthBefore) t = low.t + 0.5 * (high.t - low.t)
      widthBefore = width
      width = Math.abs(high.t - low.t)
      ;[least, most] = [Math.min(low.t, high.t), Math.max(low.t, high.t)]
    } else {
      ;[least, most] = [t + 1.1 * (t - low.t), t + 4 * (t - low.t)]
    }
    t = Math.min(Math.max(t, 0), limit)
    if (isBracketed && (t <= least || t >= most || most - least <= NARROW * most)) t = low.t
  }
  return undefined
}

const tilted = (point: Point, slope: number): Point =>
  slope === 0 ? point : { t: point.t, f: point.f - point.t * slope, g: point.g - slope }

interface Step {
  readonly low: Point
  readonly high: Point
  readonly t: number
  readonly isBracketed: boolean
}

/** The interval that holds a minimum, made smaller by a trial point, and the next one to try. */
function nextStep(
  low: Point,
  high: Point,
  here: Point,
  wasBracketed: boolean,
  range: readonly [number, number],
): Step {
  const { t, isBracketed } = trialStep(low, high, here, wasBracketed, range)
  if (here.f > low.f) return { low, high: here, t, isBracketed }
  const turns = Math.sign(here.g) * Math.sign(low.g) < 0
  return { low: here, high: turns ? low : high, t, isBracketed }
}

/** The four cases of the paper's section 4. */
function trialStep(
  low: Point,
  high: Point,
  here: Point,
  wasBracketed: boolean,
  [least, most]: readonly [number, number],
): { readonly t: number; readonly isBracketed: boolean } {
  const span = here.t - low.t
  const secant = here.t + (here.g / (here.g - low.g)) * (low.t - here.t)
  if (here.f > low.f) {
    const cubic = cubicMinimum(low, here)
    const quadratic = low.t + (low.g / ((low.f - here.f) / span + low.g) / 2) * span
    const isCubicNearer = Math.abs(cubic - low.t) < Math.abs(quadratic - low.t)
    return { t: isCubicNearer ? cubic : cubic + (quadratic - cubic) / 2, isBracketed: true }
  }
  if (Math.sign(here.g) * Math.sign(low.g) < 0) {
    const cubic = cubicMinimum(here, low)
    const isCubicFarther = Math.abs(cubic - here.t) > Math.abs(secant - here.t)
    return { t: isCubicFarther ? cubic : secant, isBracketed: true }
  }
  if (Math.abs(here.g) < Math.abs(low.g)) {
    const cubic = decreasingCubic(low, here) ?? (here.t > low.t ? most : least)
    if (!wasBracketed) {
      const isCubicFarther = Math.abs(cubic - here.t) > Math.abs(secant - here.t)
      const t = isCubicFarther ? cubic : secant
      return { t: Math.min(Math.max(t, least), most), isBracketed: false }
    }
    const isCubicNearer = Math.abs(cubic - here.t) < Math.abs(secant - here.t)
    const t = isCubicNearer ? cubic : secant
    const border = here.t + 0.66 * (high.t - here.t)
    return { t: here.t > low.t ? Math.min(border, t) : Math.max(border, t), isBracketed: true }
  }
  if (wasBracketed) return { t: cubicMinimum(here, high), isBracketed: true }
  return { t: here.t > low.t ? most : least, isBracketed: false }
}

/** Where the cubic through two points with their slopes is least, seen from the first. */
function cubicMinimum(from: Point, to: Point): number {
  const theta = (3 * (from.f - to.f)) / (to.t - from.t) + from.g + to.g
  const scale = Math.max(Math.abs(theta), Math.abs(from.g), Math.abs(to.g))
  const root = scale * Math.sqrt((theta / scale) ** 2 - (from.g / scale) * (to.g / scale))
  const gamma = to.t < from.t ? -root : root
  return from.t + ((gamma - from.g + theta) / (gamma - from.g + gamma + to.g)) * (to.t - from.t)
}

/** The same beyond `here`; undefined where the cubic falls for ever, or is least on the other side. */
function decreasingCubic(low: Point, here: Point): number | undefined {
  const theta = (3 * (low.f - here.f)) / (here.t - low.t) + low.g + here.g
  const scale = Math.max(Math.abs(theta), Math.abs(low.g), Math.abs(here.g))
  const square = (theta / scale) ** 2 - (low.g / scale) * (here.g / scale)
  const root = scale * Math.sqrt(Math.max(0, square))
  const gamma = here.t > low.t ? -root : root
  const ratio = (gamma - here.g + theta) / (gamma + (low.g - here.g) + gamma)
  return ratio < 0 && gamma !== 0 ? here.t + ratio * (low.t - here.t) : undefined
}
