import type { ImageGeometry } from '../contracts/index.ts'
import type { Random } from '../core/index.ts'
import { createConvolver, streak } from './convolve.ts'
import { at, type Corruption, type PerSeverity, pixelScale, planesOf } from './corruption.ts'
import { FROST_TEXELS, frostTexture } from './frost-texture.ts'
import { plasma, powerOfTwo } from './plasma.ts'

interface SnowFall {
  /** Share of the places for a flake that have one. */
  readonly density: number
  /** Pixels from one place for a flake to the next. */
  readonly size: number
  /** Deviation of the streak that a flake leaves. */
  readonly fall: number
  /** How much paler the scene is. */
  readonly pallor: number
}

/** Our own: fewer or more flakes as in CIFAR-10-C, whose snow is made with another program's blur. */
const SNOW: PerSeverity<SnowFall> = [
  { density: 0.02, size: 1, fall: 1.5, pallor: 0.05 },
  { density: 0.03, size: 1, fall: 2, pallor: 0.1 },
  { density: 0.06, size: 1.5, fall: 2, pallor: 0.1 },
  { density: 0.09, size: 1.75, fall: 2.5, pallor: 0.15 },
  { density: 0.14, size: 1.5, fall: 3.5, pallor: 0.2 },
]
const FLAKE = { darkest: 0.7, spread: 0.3 }
/** Weights of the image and of the frost. */
const FROST: PerSeverity<readonly [number, number]> = [
  [1, 0.2],
  [1, 0.3],
  [0.9, 0.4],
  [0.85, 0.4],
  [0.75, 0.45],
]
/** How dense the fog is, and how smooth. */
const FOG: PerSeverity<readonly [number, number]> = [
  [0.2, 3],
  [0.5, 3],
  [0.75, 2.5],
  [1, 2],
  [1.5, 1.75],
]
/** Ice is a little blue. */
const ICE_COLOR = [0.88, 0.95, 1]
const LUMA = [0.299, 0.587, 0.114]

export const snow: Corruption = {
  family: 'weather',
  meaning: 'Snow falls: bright streaks, and a paler scene.',
  prepare: (geometry, severity) => {
    const { density, size, fall, pallor } = at(SNOW, severity)
    const scale = pixelScale(geometry)
    const length = Math.ceil(3 * fall * scale)
    const convolve = createConvolver(geometry, length + 1, 'mirror')
    const layer = new Float32Array(geometry.height * geometry.width)
    const last = layer.length - 1
    return (pixels, random) => {
      scatterFlakes(layer, geometry, { density, spacing: size * scale }, random)
      const angle = Math.PI * (0.25 + 0.5 * random.uniform())
      convolve(layer, streak(length, fall * scale, angle))
      const planes = planesOf(pixels, geometry)
      const light = luminance(planes)
      for (const plane of planes) {
        for (let i = 0; i < plane.length; i++) {
          const pale = Math.max(plane[i]!, 1.5 * light[i]! + 0.5)
          // turned by half a circle the layer serves once more, as if flakes fell at two distances
          plane[i] = (1 - pallor) * plane[i]! + pallor * pale + layer[i]! + layer[last - i]!
        }
      }
    }
  },
}

/** Flakes on a grid of `spacing` pixels, each a soft spot as wide as two of them. */
function scatterFlakes(
  layer: Float32Array,
  { height, width }: ImageGeometry,
  { density, spacing }: { readonly density: number; readonly spacing: number },
  random: Random,
): void {
  layer.fill(0)
  for (let row = 0; row * spacing < height; row++) {
    for (let column = 0; column * spacing < width; column++) {
      if (random.uniform() >= density) continue
      const light = FLAKE.darkest + FLAKE.spread * random.uniform()
      const [cy, cx] = [row * spacing, column * spacing]
      const reach = Math.max(1, spacing)
      for (let y = Math.ceil(Math.max(0, cy - reach)); y < Math.min(height, cy + reach); y++) {
        for (let x = Math.ceil(Math.max(0, cx - reach)); x < Math.min(width, cx + reach); x++) {
          const share = (1 - Math.abs(y - cy) / reach) * (1 - Math.abs(x - cx) / reach)
          layer[y * width + x] = Math.max(layer[y * width + x]!, light * share)
        }
      }
    }
  }
}

function luminance(planes: readonly Float32Array[]): Float32Array {
  const [red, green, blue] = planes
  if (green === undefined || blue === undefined) return Float32Array.from(red!)
  return red!.map((value, i) => LUMA[0]! * value + LUMA[1]! * green[i]! + LUMA[2]! * blue[i]!)
}

export const frost: Corruption = {
  family: 'weather',
  meaning: 'Ice crystals on the lens.',
  prepare: (geometry, severity) => {
    const { height, width } = geometry
    const [image, ice] = at(FROST, severity)
    const texture = frostTexture()
    // by the root: a larger image has larger crystals, and more of them
    const texels = 1 / Math.sqrt(pixelScale(geometry))
    return (pixels, random) => {
      const [top, left] = [random.integer(FROST_TEXELS), random.integer(FROST_TEXELS)]
      const turned = random.integer(2) === 1
      const planes = planesOf(pixels, geometry)
      for (let y = 0, i = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          const [row, column] = turned ? [x, y] : [y, x]
          const frosting = ice * texelAt(texture, top + row * texels, left + column * texels)
          for (const [channel, plane] of planes.entries()) {
            const tint = planes.length === 1 ? 1 : ICE_COLOR[channel]!
            plane[i] = image * plane[i]! + tint * frosting
          }
        }
      }
    }
  },
}

/** Between texels: the mean of the four around, by nearness. */
function texelAt(texture: Float32Array, y: number, x: number): number {
  const last = FROST_TEXELS - 1
  const [top, left] = [Math.floor(y), Math.floor(x)]
  const [fy, fx] = [y - top, x - left]
  const row = (top & last) * FROST_TEXELS
  if (fy === 0 && fx === 0) return texture[row + (left & last)]!
  const below = ((top + 1) & last) * FROST_TEXELS
  const [first, second] = [left & last, (left + 1) & last]
  const upper = texture[row + first]! * (1 - fx) + texture[row + second]! * fx
  const lower = texture[below + first]! * (1 - fx) + texture[below + second]! * fx
  return upper * (1 - fy) + lower * fy
}

export const fog: Corruption = {
  family: 'weather',
  meaning: 'Fog: drifting clouds over the image, and less contrast.',
  prepare: (geometry, severity) => {
    const { height, width } = geometry
    const [density, decay] = at(FOG, severity)
    const size = powerOfTwo(height, width)
    return (pixels, random) => {
      const clouds = plasma(size, decay, random)
      // its first point is always the same: elsewhere in each image
      const [top, left] = [random.integer(size), random.integer(size)]
      // the brightest value stays as bright; in a black image there is none to go by
      const brightest = pixels.reduce((a, b) => Math.max(a, b), 0) || 1
      const dimmed = brightest / (brightest + density)
      for (const plane of planesOf(pixels, geometry)) {
        for (let y = 0, i = 0; y < height; y++) {
          for (let x = 0; x < width; x++, i++) {
            const cloud = clouds[((top + y) % size) * size + ((left + x) % size)]!
            plane[i] = dimmed * (plane[i]! + density * cloud)
          }
        }
      }
    }
  },
}
