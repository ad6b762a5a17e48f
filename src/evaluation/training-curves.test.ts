import { describe, expect, it } from 'vitest'
import { keepExtremes, smooth } from './training-curves.ts'

const points = (values: readonly number[]) => values.map((y, x) => ({ x, y }))

describe('keepExtremes', () => {
  it('keeps every spike of a long series, in order', () => {
    const values = Array.from({ length: 100_000 }, (_, x) => Math.sin(x / 500))
    values[12_345] = 9
    values[77_777] = -9
    const kept = keepExtremes(points(values), 500)
    expect(kept.length).toBeLessThanOrEqual(1000)
    expect(kept).toContainEqual({ x: 12_345, y: 9 })
    expect(kept).toContainEqual({ x: 77_777, y: -9 })
    expect(kept.map(({ x }) => x)).toEqual(kept.map(({ x }) => x).toSorted((a, b) => a - b))
  })

  it('leaves a short series as it is', () => {
    expect(keepExtremes(points([3, 1, 2]), 500)).toEqual(points([3, 1, 2]))
  })
})

describe('smooth', () => {
  it('does not lag behind a straight line', () => {
    const line = points(Array.from({ length: 1000 }, (_, x) => 2 * x))
    const inner = smooth(line, 1000).slice(30, -30)
    expect(inner.map(({ y }) => y)).toBeAllClose(
      inner.map(({ x }) => 2 * x),
      { absolute: 1e-9 },
    )
  })

  it('averages noise away and keeps the last point', () => {
    const noisy = points(Array.from({ length: 5000 }, (_, x) => 1 + (x % 2 === 0 ? 0.5 : -0.5)))
    const smoothed = smooth(noisy, 100)
    expect(smoothed.at(-1)!.x).toBe(4999)
    for (const { y } of smoothed) expect(Math.abs(y - 1)).toBeLessThan(0.02)
  })

  it('gives nothing for nothing', () => {
    expect(smooth([], 400)).toEqual([])
  })
})
