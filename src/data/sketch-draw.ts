import { createRandom, type Random } from '../core/index.ts'
import { coverPolygon, type Polygon } from './sketch-canvas.ts'
import { type Garment, garments, type Layer } from './sketch-garments.ts'

/** Chances and ranges of all that varies; chosen so that pixels alone do not give the class away. */
const VARIATION = {
  rotation: 0.14,
  scale: [0.84, 0.98],
  stretch: 0.08,
  shift: 0.08,
  inverted: 0.06,
  textured: 0.4,
  occluded: 0.1,
  noise: [0.02, 0.08],
} as const

/** Buffers for one size of picture, reused from image to image. */
export interface SketchPad {
  readonly width: number
  readonly height: number
  readonly alpha: Float32Array
  readonly tone: Float32Array
  readonly coverage: Float32Array
}

export function createSketchPad(width: number, height: number): SketchPad {
  const plane = () => new Float32Array(width * height)
  return { width, height, alpha: plane(), tone: plane(), coverage: plane() }
}

/** Draws image `index` of class `label` as grey uint8 [H, W] to `out`; a function of seed and index. */
export function drawSketch(
  out: Uint8Array,
  pad: SketchPad,
  { seed, index, label }: { readonly seed: number; readonly index: number; readonly label: number },
): void {
  const random = createRandom(seed, 'sketch', index)
  const garment = garments[label]!
  const place = placement(pad, garment, random)
  pad.alpha.fill(0)
  pad.tone.fill(1)
  for (const layer of garment.draw(random)) addLayer(pad, layer, place)
  if (random.uniform() < VARIATION.occluded) occlude(pad, random)
  shade(out, pad, random)
}

type Affine = readonly [number, number, number, number, number, number]

const between = (random: Random, [low, high]: readonly [number, number]) =>
  low + (high - low) * random.uniform()
const around = (random: Random, spread: number) => (2 * random.uniform() - 1) * spread

/** From garment coordinates to pixels: turned, scaled, stretched, moved, perhaps mirrored. */
function placement({ width, height }: SketchPad, garment: Garment, random: Random): Affine {
  const angle = around(random, VARIATION.rotation)
  const unit = Math.min(width, height) / 2
  const size = unit * between(random, VARIATION.scale)
  const stretch = 1 + around(random, VARIATION.stretch)
  const mirror = garment.mirrored && random.uniform() < 0.5 ? -1 : 1
  const [sx, sy] = [size * stretch * mirror, size / stretch]
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const x = width / 2 + unit * around(random, VARIATION.shift)
  const y = height / 2 + unit * around(random, VARIATION.shift)
  return [cos * sx, -sin * sy, x, sin * sx, cos * sy, y]
}

function transform(points: Polygon, [a, b, c, d, e, f]: Affine): number[] {
  const out: number[] = []
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]!
    const y = points[i + 1]!
    out.push(a * x + b * y + c, d * x + e * y + f)
  }
  return out
}

function addLayer({ alpha, tone, coverage, width }: SketchPad, layer: Layer, place: Affine): void {
  coverPolygon(coverage, width, transform(layer.points, place))
  for (let i = 0; i < coverage.length; i++) {
    const covered = coverage[i]!
    if (covered === 0) continue
    if (layer.tone === 'cut') alpha[i] = alpha[i]! * (1 - covered)
    else {
      alpha[i] = Math.max(alpha[i]!, covered)
      tone[i] = tone[i]! + (layer.tone - tone[i]!) * covered
    }
  }
}

/** Hides a strip of the garment, as a label or a hand in front of it would. */
function occlude({ alpha, coverage, width, height }: SketchPad, random: Random): void {
  const w = width * between(random, [0.1, 0.3])
  const h = height * between(random, [0.1, 0.3])
  const x = (width - w) * random.uniform()
  const y = (height - h) * random.uniform()
  coverPolygon(coverage, width, [x, y, x + w, y, x + w, y + h, x, y + h])
  for (let i = 0; i < alpha.length; i++) alpha[i] = alpha[i]! * (1 - coverage[i]!)
}

/** Brightness, contrast, texture, polarity and noise. */
function shade(out: Uint8Array, { alpha, tone, width, height }: SketchPad, random: Random): void {
  const ground = between(random, [0, 0.15])
  const gradient = around(random, 0.08)
  const cloth = ground + between(random, [0.3, 0.7])
  const inverted = random.uniform() < VARIATION.inverted
  const texture = createTexture(random, Math.min(width, height))
  const noise = between(random, VARIATION.noise)
  let bits = 0
  for (let y = 0, i = 0; y < height; y++) {
    const back = ground + gradient * (y / height - 0.5)
    for (let x = 0; x < width; x++, i++) {
      const front = cloth * tone[i]! * texture(x, y)
      const value = back + (front - back) * alpha[i]!
      // The sum of two bytes: triangular noise, two pixels a draw.
      bits = i % 2 === 0 ? random.uint32() : bits >>> 16
      const grain = ((bits & 0xff) + ((bits >>> 8) & 0xff) - 255) / 255
      const light = Math.max(0, Math.min(1, value + noise * grain))
      out[i] = Math.round(255 * (inverted ? 1 - light : light))
    }
  }
}

/** Stripes of a random direction, width and strength, or plain cloth. */
function createTexture(random: Random, size: number): (x: number, y: number) => number {
  if (random.uniform() >= VARIATION.textured) return () => 1
  const angle = Math.PI * random.uniform()
  const frequency = (2 * Math.PI * between(random, [2.5, 7])) / size
  const [fx, fy] = [Math.cos(angle) * frequency, Math.sin(angle) * frequency]
  const phase = 2 * Math.PI * random.uniform()
  const depth = between(random, [0.1, 0.3])
  return (x, y) => 1 + depth * Math.sin(fx * x + fy * y + phase)
}
