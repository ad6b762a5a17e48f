import { describe, expect, it } from 'vitest'
import { formatAge, formatMetric, formatValue } from './run-cells.ts'
import { shellLine } from './shell-words.ts'
import { sparkline } from './sparkline.ts'

describe('formatMetric', () => {
  it.each([
    [0.92346, '0.9235'],
    [0, '0'],
    [12, '12'],
    [-3.25, '-3.2500'],
    [4812.77, '4812.8'],
    [2.5e-7, '2.500e-7'],
    [1.5e9 + 0.5, '1.500e+9'],
    [Number.NaN, 'NaN'],
  ])('%d: %s', (value, text) => {
    expect(formatMetric(value)).toBe(text)
  })
})

describe('formatAge', () => {
  it.each([
    [5_000, 'now'],
    [60_000, '1 min'],
    [3 * 3_600_000 + 5, '3 h'],
    [86_400_000, '1 day'],
    [40 * 86_400_000, '40 days'],
    [-1, 'now'],
  ])('%d ms: %s', (age, text) => {
    expect(formatAge(age)).toBe(text)
  })
})

describe('formatValue', () => {
  it('shortens digests only, and keeps a text on one line', () => {
    expect(formatValue('a'.repeat(64), 'dataset.digest')).toBe('a'.repeat(12))
    expect(formatValue('a'.repeat(64), 'notes')).toBe('a'.repeat(64))
    expect(formatValue('two\n lines', 'notes')).toBe('two lines')
    expect(formatValue([1, 'b'], 'x')).toBe('[1,"b"]')
    expect([null, undefined].map((value) => formatValue(value, 'x'))).toEqual(['null', ''])
  })
})

describe('sparkline', () => {
  it('spans from the lowest to the highest, and averages what falls together', () => {
    expect(sparkline([0, 1, 2, 7], 10)).toBe('▁▂▃█')
    expect(sparkline([0, 2, 10, 12], 2)).toBe('▁█')
    expect(sparkline([5, 5, Number.NaN], 3)).toBe('▁▁')
    expect(sparkline([], 3)).toBe('')
  })
})

describe('shellLine', () => {
  it('quotes what a shell would change', () => {
    expect(shellLine(['train', 'a=1', "b=[1, 'x']", '~c', ''])).toBe(
      `train a=1 'b=[1, '\\''x'\\'']' '~c' ''`,
    )
  })
})
