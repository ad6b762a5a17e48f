import { describe, expect, it } from 'vitest'
import { lineChart } from './line-chart.ts'

describe('lineChart', () => {
  it('draws a falling line from the upper left to the lower right, and names its end', () => {
    const chart = lineChart([{ label: 'A', xs: [0, 1, 2, 3], ys: [3, 2, 1, 0] }], {
      columns: 2,
      rows: 1,
    })
    expect(chart).toBe(['3 │⠑⢄ A', '  └──', '   0 3'].join('\n'))
  })

  it('gives lines one scale, so that the lower one lies lower', () => {
    const chart = lineChart(
      [
        { label: 'A', xs: [0, 9], ys: [10, 10] },
        { label: 'B', xs: [0, 9], ys: [0.5, 0.5] },
      ],
      { columns: 4, rows: 3 },
    )!
    const [top, middle, bottom] = chart.split('\n')
    expect(top).toBe(' 10 │⠉⠉⠉⠉ A')
    expect(middle).toBe('    │')
    expect(bottom).toBe('0.5 │⣀⣀⣀⣀ B')
  })

  it('leaves out what is not finite, and draws a single point', () => {
    const chart = lineChart([{ label: 'A', xs: [1, 2], ys: [Number.NaN, 7] }], {
      columns: 3,
      rows: 1,
    })
    expect(chart).toMatch(/^7 │.+ A\n/)
    expect(lineChart([{ label: 'A', xs: [1], ys: [Number.NaN] }], { columns: 3, rows: 1 })).toBe(
      undefined,
    )
  })
})
