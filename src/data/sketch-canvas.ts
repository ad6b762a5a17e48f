/** A polygon as x0, y0, x1, y1, …; x to the right, y down. */
export type Polygon = readonly number[]

/** Scan lines per pixel row; along a row coverage is exact. */
const SUB_ROWS = 4

/** Which share of each pixel a polygon covers (even-odd), 0 to 1, written to `coverage` (H·W). */
export function coverPolygon(coverage: Float32Array, width: number, points: Polygon): void {
  coverage.fill(0)
  const height = coverage.length / width
  const [top, bottom] = verticalRange(points, height)
  const crossings: number[] = []
  for (let row = top; row < bottom; row++) {
    for (let sub = 0; sub < SUB_ROWS; sub++) {
      findCrossings(crossings, points, row + (sub + 0.5) / SUB_ROWS)
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        addSpan(coverage, row * width, width, crossings[i]!, crossings[i + 1]!)
      }
    }
  }
}

function verticalRange(points: Polygon, height: number): readonly [number, number] {
  let top = height
  let bottom = 0
  for (let i = 1; i < points.length; i += 2) {
    top = Math.min(top, points[i]!)
    bottom = Math.max(bottom, points[i]!)
  }
  return [Math.max(0, Math.floor(top)), Math.min(height, Math.ceil(bottom))]
}

/** The x where the outline crosses the scan line, ascending. */
function findCrossings(out: number[], points: Polygon, y: number): void {
  out.length = 0
  let x0 = points[points.length - 2]!
  let y0 = points[points.length - 1]!
  for (let i = 0; i < points.length; i += 2) {
    const x1 = points[i]!
    const y1 = points[i + 1]!
    if (y0 <= y !== y1 <= y) out.push(x0 + ((y - y0) * (x1 - x0)) / (y1 - y0))
    x0 = x1
    y0 = y1
  }
  if (out.length === 2) {
    if (out[0]! > out[1]!) out.reverse()
  } else out.sort((a, b) => a - b)
}

function addSpan(coverage: Float32Array, row: number, width: number, from: number, to: number) {
  const start = Math.max(0, from)
  const end = Math.min(width, to)
  if (end <= start) return
  const first = Math.floor(start)
  const last = Math.min(width - 1, Math.floor(end))
  for (let x = first; x <= last; x++) {
    const inside = Math.min(end, x + 1) - Math.max(start, x)
    coverage[row + x] = coverage[row + x]! + inside / SUB_ROWS
  }
}

/** A straight bar from (x0, y0) to (x1, y1), `start` wide at its beginning and `end` at its end. */
export function bar(
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  start: number,
  end = start,
): Polygon {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1
  const nx = -(y1 - y0) / length / 2
  const ny = (x1 - x0) / length / 2
  return [
    ...[x0 + nx * start, y0 + ny * start, x1 + nx * end, y1 + ny * end],
    ...[x1 - nx * end, y1 - ny * end, x0 - nx * start, y0 - ny * start],
  ]
}

/** An ellipse as a polygon. */
export function ellipse(cx: number, cy: number, rx: number, ry: number): Polygon {
  const corners = 14
  return Array.from({ length: corners }, (_, i) => (2 * Math.PI * i) / corners).flatMap((angle) => [
    cx + rx * Math.cos(angle),
    cy + ry * Math.sin(angle),
  ])
}

/** A band of `thickness` along the upper half of an ellipse: a handle. */
export function arch(cx: number, cy: number, rx: number, ry: number, thickness: number): Polygon {
  const angles = Array.from({ length: 9 }, (_, i) => Math.PI + (Math.PI * i) / 8)
  const along = (inset: number) => (angle: number) => [
    cx + (rx - inset) * Math.cos(angle),
    cy + (ry - inset) * Math.sin(angle),
  ]
  return [...angles.flatMap(along(0)), ...angles.reverse().flatMap(along(thickness))]
}

/** A closed outline from its right half, given from top to bottom. */
export function symmetric(half: Polygon): Polygon {
  const points: number[] = [...half]
  for (let i = half.length - 2; i >= 0; i -= 2) points.push(-half[i]!, half[i + 1]!)
  return points
}
