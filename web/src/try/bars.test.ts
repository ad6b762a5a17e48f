import { describe, expect, it } from 'vitest'
import { formatMilliseconds, formatPercent, sortBars } from './bars.ts'

describe('sortBars', () => {
  it('puts the largest first, and equal ones in the order of the classes', () => {
    const bars = sortBars({ '1': 0.2, '0': 0.2, nine: 0.5, two: 0.1 }, ['nine', '1', '0', 'two'])
    expect(bars.map(({ label }) => label)).toEqual(['nine', '1', '0', 'two'])
  })

  it('keeps classes that are not known yet', () => {
    expect(sortBars({ a: 0.25, b: 0.75 }, [])).toEqual([
      { label: 'b', value: 0.75 },
      { label: 'a', value: 0.25 },
    ])
  })
})

describe('formatPercent', () => {
  it('never rounds to nothing or to everything', () => {
    expect([0, 1e-9, 0.001, 0.12345, 0.9991, 0.99999, 1].map(formatPercent)).toEqual([
      '0.0 %',
      '< 0.1 %',
      '0.1 %',
      '12.3 %',
      '> 99.9 %',
      '> 99.9 %',
      '100.0 %',
    ])
  })
})

describe('formatMilliseconds', () => {
  it('shows what can be told apart', () => {
    expect([0.84, 9.96, 12.4, 999.4, 1560].map(formatMilliseconds)).toEqual([
      '0.8 ms',
      '10.0 ms',
      '12 ms',
      '999 ms',
      '1.6 s',
    ])
  })
})
