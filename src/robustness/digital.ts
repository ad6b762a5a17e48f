import type { ImageGeometry } from '../contracts/index.ts'
import type { Random } from '../core/index.ts'
import { at, type Corruption, type PerSeverity, pixelScale, planesOf } from './corruption.ts'

/** Added to the value of HSV. */
const BRIGHTNESS: PerSeverity<number> = [0.05, 0.1, 0.15, 0.2, 0.3]
/** What is left of the distance from the mean. */
const CONTRAST: PerSeverity<number> = [0.75, 0.5, 0.4, 0.3, 0.15]
/** Our own: pixels from one point of the net to the next, and how far a point may move each way. */
const ELASTIC: PerSeverity<readonly [number, number]> = [
  [9, 1.2],
  [8, 1.6],
  [7, 1.9],
  [6, 2.2],
  [5, 2.4],
]
/**
 * Share of the pixels along each side that are left. Our own: the steps of CIFAR-10-C, 0.95 to 0.65,
 * are so small that on 28 pixels the second does less than the first.
 */
const PIXELATE: PerSeverity<number> = [0.9, 0.78, 0.65, 0.55, 0.45]
/** The power of the scale by which large images lose more: 0.5 to 0.25 are left at 224 pixels. */
const PIXELATE_GROWTH = 0.3

export const brightness: Corruption = {
  family: 'digital',
  meaning: 'Overexposed: brighter at the same hue.',
  prepare: (geometry, severity) => {
    const added = at(BRIGHTNESS, severity)
    return (pixels) => {
      const planes = planesOf(pixels, geometry)
      const size = geometry.height * geometry.width
      for (let i = 0; i < size; i++) {
        let value = 0
        for (const plane of planes) value = Math.max(value, plane[i]!)
        const wanted = Math.min(1, value + added)
        for (const plane of planes) plane[i] = value === 0 ? wanted : (plane[i]! * wanted) / value
      }
    }
  },
}

export const contrast: Corruption = {
  family: 'digital',
  meaning: 'Flat light: every value nearer to the mean of its channel.',
  prepare: (geometry, severity) => {
    const kept = at(CONTRAST, severity)
    return (pixels) => {
      for (const plane of planesOf(pixels, geometry)) {
        const mean = plane.reduce((sum, value) => sum + value, 0) / plane.length
        for (let i = 0; i < plane.length; i++) plane[i] = mean + kept * (plane[i]! - mean)
      }
    }
  },
}

export const elasticTransform: Corruption = {
  family: 'digital',
  meaning: 'Stretched as if on rubber: the points of a net move, all between follows.',
  prepare: (geometry, severity) => {
    const { height, width } = geometry
    const scale = pixelScale(geometry)
    const [spacing, reach] = at(ELASTIC, severity).map((length) => length * scale)
    const rows = netAxis(height, spacing!)
    const columns = netAxis(width, spacing!)
    const before = new Float32Array(height * width)
    return (pixels, random) => {
      const down = netOf(rows.points * columns.points, reach!, random)
      const right = netOf(rows.points * columns.points, reach!, random)
      const from = new Float64Array(2 * height * width)
      for (let y = 0, i = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i += 2) {
          from[i] = y + between(down, rows, columns, y, x)
          from[i + 1] = x + between(right, rows, columns, y, x)
        }
      }
      for (const plane of planesOf(pixels, geometry)) {
        before.set(plane)
        for (let i = 0; i < plane.length; i++) {
          plane[i] = valueAt(before, geometry, from[2 * i]!, from[2 * i + 1]!)
        }
      }
    }
  },
}

interface NetAxis {
  readonly points: number
  /** Of each pixel: the point before it, and how near the next one is, eased at both ends. */
  readonly point: Int32Array
  readonly share: Float64Array
}

function netAxis(length: number, spacing: number): NetAxis {
  const point = Int32Array.from({ length }, (_, i) => Math.floor(i / spacing))
  const share = Float64Array.from({ length }, (_, i) => {
    const t = i / spacing - Math.floor(i / spacing)
    return t * t * (3 - 2 * t)
  })
  return { points: point[length - 1]! + 2, point, share }
}

const netOf = (points: number, reach: number, random: Random) =>
  Float64Array.from({ length: points }, () => reach * (2 * random.uniform() - 1))

function between(net: Float64Array, rows: NetAxis, columns: NetAxis, y: number, x: number): number {
  const [fy, fx] = [rows.share[y]!, columns.share[x]!]
  const at = rows.point[y]! * columns.points + columns.point[x]!
  const above = net[at]! * (1 - fx) + net[at + 1]! * fx
  const below = net[at + columns.points]! * (1 - fx) + net[at + columns.points + 1]! * fx
  return above * (1 - fy) + below * fy
}

/** Between pixels: the mean of the four around, by nearness. Outside: the nearest border pixel. */
function valueAt(
  plane: Float32Array,
  { height, width }: ImageGeometry,
  y: number,
  x: number,
): number {
  const row = Math.min(height - 1, Math.max(0, y))
  const column = Math.min(width - 1, Math.max(0, x))
  const [top, left] = [Math.floor(row), Math.floor(column)]
  const [fy, fx] = [row - top, column - left]
  const [bottom, right] = [Math.min(height - 1, top + 1), Math.min(width - 1, left + 1)]
  const above = plane[top * width + left]! * (1 - fx) + plane[top * width + right]! * fx
  const below = plane[bottom * width + left]! * (1 - fx) + plane[bottom * width + right]! * fx
  return above * (1 - fy) + below * fy
}

export const pixelate: Corruption = {
  family: 'digital',
  meaning: 'Shrunk to fewer pixels and enlarged again.',
  prepare: (geometry, severity) => {
    const { height, width } = geometry
    const share = at(PIXELATE, severity) / pixelScale(geometry) ** PIXELATE_GROWTH
    const rows = shrunkAxis(height, Math.max(1, Math.floor(height * share)))
    const columns = shrunkAxis(width, Math.max(1, Math.floor(width * share)))
    const narrow = new Float32Array(height * columns.size)
    const small = new Float32Array(rows.size * columns.size)
    return (pixels) => {
      for (const plane of planesOf(pixels, geometry)) {
        shrink(plane, narrow, columns, { lines: height, line: width, step: 1 })
        shrink(narrow, small, rows, { lines: columns.size, line: 1, step: columns.size })
        for (let y = 0, i = 0; y < height; y++) {
          const row = rows.cell[y]! * columns.size
          for (let x = 0; x < width; x++) plane[i++] = small[row + columns.cell[x]!]!
        }
      }
    }
  },
}

interface ShrunkAxis {
  readonly size: number
  /** Which of the large pixels covers the middle of each old one. */
  readonly cell: Int32Array
  /** Of each large pixel: what it takes from, and how much. */
  readonly parts: readonly (readonly { readonly from: number; readonly share: number }[])[]
}

/** Each large pixel is the mean of what it covers, partly covered pixels by their share. */
function shrunkAxis(length: number, size: number): ShrunkAxis {
  const width = length / size
  const overlap = (i: number, k: number) =>
    Math.max(0, Math.min(i + 1, (k + 1) * width) - Math.max(i, k * width))
  return {
    size,
    cell: Int32Array.from({ length }, (_, i) => Math.floor(((i + 0.5) * size) / length)),
    parts: Array.from({ length: size }, (_, k) =>
      Array.from({ length }, (_, from) => ({ from, share: overlap(from, k) / width })).filter(
        ({ share }) => share > 0,
      ),
    ),
  }
}

/** Along one axis: `line` from the start of a line to the next, `step` from one pixel of it to the next. */
function shrink(
  from: Float32Array,
  to: Float32Array,
  { size, parts }: ShrunkAxis,
  { lines, line, step }: { readonly lines: number; readonly line: number; readonly step: number },
): void {
  for (let at = 0; at < lines; at++) {
    for (let k = 0; k < size; k++) {
      let sum = 0
      for (const { from: i, share } of parts[k]!) sum += share * from[at * line + i * step]!
      to[step === 1 ? at * size + k : k * step + at] = sum
    }
  }
}
