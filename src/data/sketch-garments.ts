/**
 * Ten garments as layered polygons, in a square from -1 to 1 (x right, y down). Proportions vary
 * and overlap on purpose: a T-shirt, a shirt, a pullover and a coat differ in details, not in mass.
 */
import type { Random } from '../core/index.ts'
import { arch, bar, ellipse, type Polygon, symmetric } from './sketch-canvas.ts'

export interface Layer {
  readonly points: Polygon
  /** Brightness relative to the cloth; `cut` removes cloth instead. */
  readonly tone: number | 'cut'
}

export interface Garment {
  readonly name: string
  /** Shoes point either way; clothes hang upright. */
  readonly mirrored: boolean
  readonly draw: (random: Random) => readonly Layer[]
}

export const garments: readonly Garment[] = [
  { name: 'T-shirt', mirrored: false, draw: drawTShirt },
  { name: 'Trouser', mirrored: false, draw: drawTrouser },
  { name: 'Pullover', mirrored: false, draw: drawPullover },
  { name: 'Dress', mirrored: false, draw: drawDress },
  { name: 'Coat', mirrored: false, draw: drawCoat },
  { name: 'Sandal', mirrored: true, draw: drawSandal },
  { name: 'Shirt', mirrored: false, draw: drawShirt },
  { name: 'Sneaker', mirrored: true, draw: drawSneaker },
  { name: 'Bag', mirrored: true, draw: drawBag },
  { name: 'Ankle boot', mirrored: true, draw: drawAnkleBoot },
]

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform()
}

/** A tone that stands out from the cloth, darker or lighter. */
function accent(random: Random): number {
  return random.uniform() < 0.6 ? between(random, 0.25, 0.55) : between(random, 1.5, 1.8)
}

const cloth = (points: Polygon): Layer => ({ points, tone: 1 })
const cut = (points: Polygon): Layer => ({ points, tone: 'cut' })

interface Top {
  readonly layers: readonly Layer[]
  readonly shoulder: number
  readonly hem: number
  readonly bottom: number
  readonly top: number
}

/** A body with two sleeves that hang at an angle; `sleeve` and `length` are ranges. */
function drawTop(
  random: Random,
  sleeve: readonly [number, number],
  length: readonly [number, number],
): Top {
  const shoulder = between(random, 0.38, 0.52)
  const hem = shoulder * between(random, 0.85, 1.2)
  const top = between(random, -0.85, -0.7)
  const bottom = top + between(random, ...length)
  const angle = between(random, 0.7, 1.4)
  const reach = between(random, ...sleeve)
  const width = between(random, 0.24, 0.36)
  const start = [shoulder - 0.08, top + width / 2 + 0.02] as const
  const end = [start[0] + reach * Math.cos(angle), start[1] + reach * Math.sin(angle)] as const
  const right = bar(start, end, width, width * between(random, 0.65, 1))
  const left = right.map((value, i) => (i % 2 === 0 ? -value : value))
  const body = symmetric([0.15, top - 0.04, shoulder, top + 0.05, shoulder, top + 0.4, hem, bottom])
  return { layers: [cloth(right), cloth(left), cloth(body)], shoulder, hem, bottom, top }
}

function drawTShirt(random: Random): Layer[] {
  const { layers, top } = drawTop(random, [0.22, 0.45], [1.2, 1.6])
  const neck = between(random, 0.14, 0.24)
  return [...layers, cut(ellipse(0, top - 0.04, neck, neck * between(random, 0.6, 1.2)))]
}

function drawPullover(random: Random): Layer[] {
  const { layers, top, hem, bottom } = drawTop(random, [0.95, 1.3], [1.15, 1.6])
  const neck = between(random, 0.14, 0.22)
  const band = between(random, 0.1, 0.2)
  return [
    ...layers,
    { points: symmetric([hem, bottom - band, hem, bottom]), tone: accent(random) },
    { points: ellipse(0, top, neck + 0.08, neck * 0.6 + 0.08), tone: accent(random) },
    cut(ellipse(0, top - 0.06, neck, neck * 0.6)),
  ]
}

function drawShirt(random: Random): Layer[] {
  const { layers, top, bottom } = drawTop(random, [0.3, 1.2], [1.2, 1.65])
  const tone = accent(random)
  const collar = between(random, 0.16, 0.24)
  const flap = [0, top + collar + 0.1, 0.04, top - 0.08, collar, top - 0.06, collar, top + collar]
  return [
    ...layers,
    { points: bar([0, top + 0.05], [0, bottom], between(random, 0.07, 0.12)), tone },
    { points: flap, tone },
    { points: flap.map((value, i) => (i % 2 === 0 ? -value : value)), tone },
  ]
}

function drawCoat(random: Random): Layer[] {
  const { layers, top, bottom, hem } = drawTop(random, [1, 1.35], [1.6, 1.8])
  const tone = accent(random)
  const lapel = between(random, 0.2, 0.32)
  const gap = between(random, 0.08, 0.26)
  const belt = between(random, 0.05, 0.2)
  const opening = [0, top + 0.1, gap / 2, bottom + 0.1, -gap / 2, bottom + 0.1]
  const belted: Layer[] =
    random.uniform() < 0.5 ? [{ points: symmetric([hem, belt, hem, belt + 0.14]), tone }] : []
  return [
    ...layers,
    { points: [0, top + 0.75, 0.05, top - 0.08, lapel, top, lapel * 0.9, top + 0.3], tone },
    { points: [0, top + 0.75, -0.05, top - 0.08, -lapel, top, -lapel * 0.9, top + 0.3], tone },
    cut(opening),
    ...belted,
  ]
}

function drawTrouser(random: Random): Layer[] {
  const waist = between(random, 0.24, 0.38)
  const hip = waist * between(random, 1.05, 1.25)
  const top = between(random, -0.95, -0.8)
  const bottom = between(random, 0.75, 0.95)
  const crotch = top + between(random, 0.45, 0.65)
  const spread = between(random, 0.26, 0.42)
  const leg = between(random, 0.16, 0.26)
  return [
    cloth(symmetric([waist, top, hip, crotch])),
    cloth(bar([hip / 2, crotch - 0.05], [spread, bottom], hip, leg)),
    cloth(bar([-hip / 2, crotch - 0.05], [-spread, bottom], hip, leg)),
    { points: symmetric([waist, top, waist, top + 0.1]), tone: accent(random) },
  ]
}

function drawDress(random: Random): Layer[] {
  const shoulder = between(random, 0.22, 0.4)
  const waist = shoulder * between(random, 0.6, 0.85)
  const middle = between(random, -0.25, 0.05)
  const hem = between(random, 0.42, 0.8)
  const top = between(random, -0.95, -0.85)
  const bottom = between(random, 0.75, 0.97)
  const outline = [shoulder * 0.6, top, shoulder, top + 0.1, shoulder, top + 0.3]
  const neck = shoulder * between(random, 0.4, 0.55)
  const belted: Layer[] =
    random.uniform() < 0.5
      ? [{ points: bar([-waist, middle], [waist, middle], 0.12), tone: accent(random) }]
      : []
  return [
    cloth(symmetric([...outline, waist, middle, hem, bottom])),
    cut(ellipse(0, top, neck, neck * between(random, 0.8, 1.6))),
    ...belted,
  ]
}

function drawSandal(random: Random): Layer[] {
  const sole = between(random, 0.3, 0.5)
  const heel = between(random, 0, 0.35)
  const thickness = between(random, 0.1, 0.17)
  const strap = between(random, 0.09, 0.16)
  const rise = sole - heel - between(random, 0.3, 0.55)
  const toe = between(random, 0.35, 0.6)
  const high = random.uniform() < 0.5 ? rise - 0.25 : rise
  return [
    cloth([
      -0.85,
      sole - heel,
      -0.3,
      sole - heel,
      0.3,
      sole,
      0.9,
      sole,
      0.9,
      sole + thickness,
      0.25,
      sole + thickness,
      -0.35,
      sole - heel + thickness,
      -0.85,
      sole - heel + thickness,
    ]),
    cloth(bar([-0.75, sole - heel], [-0.75, sole + thickness], 0.18, 0.14)),
    cloth(bar([toe - 0.3, sole], [toe, sole - 0.38], strap)),
    cloth(bar([toe + 0.28, sole], [toe, sole - 0.38], strap)),
    cloth(bar([-0.8, sole - heel], [-0.65, high], strap)),
    cloth(bar([-0.65, high], [-0.2, high + 0.1], strap)),
    cloth(bar([-0.2, high + 0.1], [toe - 0.3, sole], strap)),
  ]
}

function drawSneaker(random: Random): Layer[] {
  const sole = between(random, 0.35, 0.5)
  const ankle = sole - between(random, 0.6, 0.8)
  const toe = between(random, 0.2, 0.32)
  const opening = between(random, -0.25, 0)
  const tone = accent(random)
  const lace = { start: opening + 0.12, tone: accent(random) }
  return [
    cloth([
      -0.9,
      sole,
      -0.92,
      ankle,
      -0.7,
      ankle - 0.05,
      opening,
      ankle + 0.12,
      0.35,
      sole - toe - 0.1,
      0.8,
      sole - toe,
      0.95,
      sole,
    ]),
    {
      points: [-0.95, sole - 0.05, 0.97, sole - 0.05, 0.93, sole + 0.15, -0.93, sole + 0.15],
      tone,
    },
    {
      points: bar([lace.start, ankle + 0.1], [lace.start - 0.12, ankle + 0.35], 0.08),
      tone: lace.tone,
    },
    {
      points: bar([lace.start + 0.2, ankle + 0.2], [lace.start + 0.08, ankle + 0.42], 0.08),
      tone: lace.tone,
    },
  ]
}

function drawBag(random: Random): Layer[] {
  const width = between(random, 0.5, 0.88)
  const top = between(random, -0.35, 0.05)
  const bottom = between(random, 0.5, 0.85)
  const taper = width * between(random, 0.75, 1.1)
  const handle = taper * between(random, 0.35, 0.85)
  const lift = between(random, 0.35, 0.6)
  const flap = top + (bottom - top) * between(random, 0.2, 0.5)
  const clasp = between(random, -0.3, 0.3) * width
  const tone = accent(random)
  return [
    cloth(arch(0, top + 0.05, handle, lift, between(random, 0.1, 0.18))),
    cloth(symmetric([taper, top, width, bottom - 0.08, width - 0.08, bottom])),
    { points: bar([-width, flap], [width, flap], 0.08), tone },
    { points: ellipse(clasp, flap, 0.1, 0.12), tone },
  ]
}

function drawAnkleBoot(random: Random): Layer[] {
  const sole = between(random, 0.55, 0.75)
  const top = between(random, -0.8, -0.45)
  const heel = between(random, 0.08, 0.3)
  const front = between(random, -0.1, 0.15)
  const toe = between(random, 0.25, 0.4)
  const base = sole - heel * 0.6
  const back = between(random, -0.85, -0.7)
  return [
    cloth([
      back,
      base,
      back,
      top,
      front,
      top,
      front + 0.05,
      sole - toe - 0.25,
      0.6,
      sole - toe,
      0.92,
      sole,
      0.1,
      sole,
      -0.3,
      base,
    ]),
    cloth([back, base - 0.05, -0.35, base - 0.05, -0.42, sole + 0.1, back + 0.05, sole + 0.1]),
    {
      points: [
        -0.3,
        base,
        0.1,
        sole - 0.05,
        0.95,
        sole - 0.05,
        0.95,
        sole + 0.09,
        0.1,
        sole + 0.09,
        -0.3,
        base + 0.1,
      ],
      tone: accent(random),
    },
  ]
}
