import { add, broadcastTo, equal, mul, pad, reshape, scalar, slice, where } from './build.ts'
import type { PoolingWindow } from './operators.ts'
import { padAxis, spreadSteps } from './placement.ts'
import type { Value } from './value.ts'

const HEIGHT = 2
const WIDTH = 3
/** Stands for −∞ in padding: below every finite activation, and safe to compare. */
const LOWEST = -3.4e38

export function overlaps({ kernel, stride }: PoolingWindow): boolean {
  return stride[0] < kernel[0] || stride[1] < kernel[1]
}

/** Max-pooling's gradient for overlapping windows: each window gives its gradient to its first maximum. */
export function maxPoolGradient(x: Value, y: Value, dy: Value, window: PoolingWindow): Value {
  const padded = padImage(x, window, LOWEST)
  let remaining = dy
  const parts = taps(window).map((tap) => {
    const hit = equal(tapSlice(padded, y, window, tap), y)
    const part = where(hit, remaining, scalar(0))
    remaining = where(hit, scalar(0), remaining)
    return placeTap(part, padded, window, tap)
  })
  return cropImage(parts.reduce(add), x, window)
}

/** Average-pooling's gradient: every pixel of a window gets an equal share. */
export function avgPoolGradient(x: Value, dy: Value, window: PoolingWindow): Value {
  const share = mul(dy, scalar(1 / (window.kernel[0] * window.kernel[1])))
  const [height, width] = window.kernel
  if (height === window.stride[0] && width === window.stride[1]) {
    const [n, c, h, w] = dy.shape as readonly number[]
    const repeated = broadcastTo(reshape(share, [n!, c!, h!, 1, w!, 1]), [
      n!,
      c!,
      h!,
      height,
      w!,
      width,
    ])
    return cropImage(reshape(repeated, [n!, c!, h! * height, w! * width]), x, window)
  }
  const extent = paddedSize(x, window)
  const parts = taps(window).map((tap) =>
    placeTap(share, { shape: [0, 0, ...extent] }, window, tap),
  )
  return cropImage(parts.reduce(add), x, window)
}

type Tap = readonly [row: number, column: number]

function taps({ kernel: [height, width] }: PoolingWindow): Tap[] {
  return Array.from({ length: height * width }, (_, k) => [Math.floor(k / width), k % width])
}

function paddedSize(
  x: Value,
  { padding: [top, left, bottom, right] }: PoolingWindow,
): [number, number] {
  return [(x.shape[HEIGHT] as number) + top + bottom, (x.shape[WIDTH] as number) + left + right]
}

function padImage(
  x: Value,
  { padding: [top, left, bottom, right] }: PoolingWindow,
  fill: number,
): Value {
  if (top + left + bottom + right === 0) return x
  const [before, after] = [
    [0, 0, top, left],
    [0, 0, bottom, right],
  ]
  // Padding is with zeros: shift so that the zeros become the fill.
  const inside = pad(broadcastTo(scalar(1), x.shape as readonly number[]), before, after)
  const isInside = equal(inside, scalar(1))
  return where(isInside, pad(x, before, after), scalar(fill))
}

/** Removes the padding, or appends zeros where the windows do not reach the end. */
function cropImage(padded: Value, x: Value, window: PoolingWindow): Value {
  return [HEIGHT, WIDTH].reduce((value, axis) => {
    const start = window.padding[axis - HEIGHT]!
    const size = x.shape[axis] as number
    const length = value.shape[axis] as number
    const full = length < start + size ? padAxis(value, axis, 0, start + size - length) : value
    return full.shape[axis] === size
      ? full
      : slice(full, [{ axis, start, end: start + size, step: 1 }])
  }, padded)
}

/** The entries that one tap of the window sees, one per window. */
function tapSlice(padded: Value, y: Value, { stride }: PoolingWindow, tap: Tap): Value {
  return slice(
    padded,
    [HEIGHT, WIDTH].map((axis, i) => {
      const last = ((y.shape[axis] as number) - 1) * stride[i]!
      return { axis, start: tap[i]!, end: tap[i]! + last + 1, step: stride[i]! }
    }),
  )
}

/** The inverse of `tapSlice`: entries back at their places, zeros elsewhere. */
function placeTap(
  part: Value,
  padded: Pick<Value, 'shape'>,
  { stride }: PoolingWindow,
  tap: Tap,
): Value {
  return [HEIGHT, WIDTH].reduce((value, axis, i) => {
    const dilated = stride[i] === 1 ? value : spreadSteps(value, axis, stride[i]!)
    const after = (padded.shape[axis] as number) - tap[i]! - (dilated.shape[axis] as number)
    return padAxis(dilated, axis, tap[i]!, after)
  }, part)
}
