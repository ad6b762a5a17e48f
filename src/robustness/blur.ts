import type { ImageGeometry } from '../contracts/index.ts'
import { bell, createConvolver, normalized, reachOf, streak, type Tap } from './convolve.ts'
import { at, type Corruption, type PerSeverity, pixelScale, planesOf } from './corruption.ts'
import { HALF_WORDS, halfWords } from './quantiles.ts'

/** Radius of the disc, and deviation of the bell curve that softens its rim. */
const DEFOCUS: PerSeverity<readonly [number, number]> = [
  [0.3, 0.4],
  [0.4, 0.5],
  [0.5, 0.6],
  [1, 0.2],
  [1.5, 0.1],
]
/**
 * Our own: passes over the image, the last one for a share of the pixels. CIFAR-10-C's constants are
 * not in order of damage: where they blur more, they mend what trading places broke.
 */
const GLASS: PerSeverity<number> = [0.1, 0.25, 0.5, 1, 2]
/** How far a pixel is displaced, and the deviation of the blur before and after. */
const GLASS_REACH = 1
const GLASS_SIGMA = 0.4
/** Half the length of the streak, and its deviation. */
const MOTION: PerSeverity<readonly [number, number]> = [
  [6, 1],
  [6, 1.5],
  [6, 2],
  [8, 2],
  [9, 2.5],
]
/** The largest zoom; the others are 1.00, 1.01 … up to it. */
const ZOOM: PerSeverity<number> = [1.05, 1.1, 1.15, 1.2, 1.25]
const ZOOM_STEP = 0.01

export const defocusBlur: Corruption = {
  family: 'blur',
  meaning: 'Out of focus: each point becomes a disc.',
  prepare: (geometry, severity) => {
    const [radius, sigma] = at(DEFOCUS, severity)
    // the rim is as soft as pixels are large, whatever the image's size
    const taps = disc(radius * pixelScale(geometry), sigma)
    const convolve = createConvolver(geometry, reachOf(taps), 'mirror')
    return (pixels) => {
      for (const plane of planesOf(pixels, geometry)) convolve(plane, taps)
    }
  },
}

function disc(radius: number, sigma: number): Tap[] {
  const reach = Math.floor(radius)
  const soft = Math.max(1, Math.round(2 * sigma))
  const rim = bell(sigma, soft)
  const taps: Tap[] = []
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      if (y ** 2 + x ** 2 > radius ** 2) continue
      for (const [i, wy] of rim.entries()) {
        for (const [j, wx] of rim.entries()) {
          taps.push({ dy: y + i - soft, dx: x + j - soft, weight: wy * wx })
        }
      }
    }
  }
  return normalized(taps)
}

export const glassBlur: Corruption = {
  family: 'blur',
  meaning: 'Frosted glass: pixels trade places with near ones.',
  prepare: (geometry, severity) => {
    // by the root: the blur comes on top of what trading places does, which grows with the passes
    const scale = Math.sqrt(pixelScale(geometry))
    const reach = Math.max(1, Math.round(GLASS_REACH * scale))
    const blur = gaussianBlur(geometry, GLASS_SIGMA * scale)
    return (pixels, random) => {
      const planes = planesOf(pixels, geometry)
      planes.forEach(blur)
      const draw = halfWords(random)
      for (let passes = at(GLASS, severity); passes > 0; passes--) {
        tradePlaces(planes, geometry, { reach, share: Math.min(1, passes) }, draw)
      }
      planes.forEach(blur)
    }
  },
}

/** Two passes, one along each axis. */
function gaussianBlur(geometry: ImageGeometry, sigma: number): (plane: Float32Array) => void {
  const radius = Math.round(4 * sigma)
  if (radius === 0) return () => {}
  const weights = bell(sigma, radius)
  const rows = weights.map((weight, i) => ({ dy: 0, dx: i - radius, weight }))
  const columns = weights.map((weight, i) => ({ dy: i - radius, dx: 0, weight }))
  const convolve = createConvolver(geometry, radius, 'mirror')
  return (plane) => {
    convolve(plane, rows)
    convolve(plane, columns)
  }
}

/** From the last pixel to the first, a share of them with one at most `reach` away; channels go together. */
function tradePlaces(
  planes: readonly Float32Array[],
  { height, width }: ImageGeometry,
  { reach, share }: { readonly reach: number; readonly share: number },
  draw: () => number,
): void {
  const span = 2 * reach + 1
  const offset = () => Math.floor((draw() * span) / HALF_WORDS) - reach
  for (let y = height - 1 - reach; y >= reach; y--) {
    for (let x = width - 1 - reach; x >= reach; x--) {
      if (draw() >= share * HALF_WORDS) continue
      const here = y * width + x
      const there = (y + offset()) * width + x + offset()
      for (const plane of planes) {
        const kept = plane[here]!
        plane[here] = plane[there]!
        plane[there] = kept
      }
    }
  }
}

export const motionBlur: Corruption = {
  family: 'blur',
  meaning: 'The camera moved: each point leaves a streak, within 45° of level.',
  prepare: (geometry, severity) => {
    const [half, sigma] = at(MOTION, severity).map((length) => length * pixelScale(geometry))
    const length = Math.ceil(2 * half!)
    const convolve = createConvolver(geometry, length + 1, 'edge')
    return (pixels, random) => {
      const taps = streak(length, sigma!, ((2 * random.uniform() - 1) * Math.PI) / 4)
      for (const plane of planesOf(pixels, geometry)) convolve(plane, taps)
    }
  },
}

export const zoomBlur: Corruption = {
  family: 'blur',
  meaning: 'The camera moved towards the subject: a mean over rising zooms.',
  prepare: (geometry, severity) => {
    const count = Math.round((at(ZOOM, severity) - 1) / ZOOM_STEP) + 1
    const zooms = Array.from({ length: count }, (_, i) => zoomed(geometry, 1 + i * ZOOM_STEP))
    const sum = new Float32Array(geometry.height * geometry.width)
    return (pixels) => {
      for (const plane of planesOf(pixels, geometry)) {
        // the image itself once more, so that its outline stays
        sum.set(plane)
        for (const add of zooms) add(plane, sum)
        for (let i = 0; i < sum.length; i++) plane[i] = sum[i]! / (count + 1)
      }
    }
  },
}

/** Adds a plane, enlarged around its centre, to a sum of its size. */
function zoomed(
  { height, width }: ImageGeometry,
  zoom: number,
): (plane: Float32Array, sum: Float32Array) => void {
  const rows = zoomedAxis(height, zoom)
  const columns = zoomedAxis(width, zoom)
  return (plane, sum) => {
    for (let y = 0, to = 0; y < height; y++) {
      const top = rows.first[y]! * width
      const bottom = rows.second[y]! * width
      const fy = rows.share[y]!
      for (let x = 0; x < width; x++) {
        const left = columns.first[x]!
        const right = columns.second[x]!
        const fx = columns.share[x]!
        const above = plane[top + left]! * (1 - fx) + plane[top + right]! * fx
        const below = plane[bottom + left]! * (1 - fx) + plane[bottom + right]! * fx
        sum[to++]! += above * (1 - fy) + below * fy
      }
    }
  }
}

/** For each place on an axis: the two it is drawn from, and the share of the second. */
function zoomedAxis(length: number, zoom: number) {
  const centre = (length - 1) / 2
  const first = new Int32Array(length)
  const second = new Int32Array(length)
  const share = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const from = centre + (i - centre) / zoom
    first[i] = Math.floor(from)
    second[i] = Math.min(length - 1, Math.floor(from) + 1)
    share[i] = from - Math.floor(from)
  }
  return { first, second, share }
}
