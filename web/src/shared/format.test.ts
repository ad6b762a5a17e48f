import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatResult,
  formatSetting,
  shortName,
} from './format.ts'

describe('formats', () => {
  it('shows numbers so that a column can be compared', () => {
    const shown = [0.935, 0.0025, 0.0000123, 1758.04, 12, 1234567.5, 0, -0.5].map(formatNumber)
    expect(shown).toEqual([
      '0.9350',
      '0.0025',
      '1.23e-5',
      '1758.0',
      '12',
      '1.235e+6',
      '0',
      '-0.5000',
    ])
  })

  it('gives results their decimals', () => {
    expect([1, 0, 0.06011, 391, null].map(formatResult)).toEqual([
      '1.0000',
      '0.0000',
      '0.0601',
      '391',
      '',
    ])
  })

  it('shows settings as they were written', () => {
    const settings = [0.5, 0.001, 0.0014627268251, 123456789012, 'cnn', true, null]
    expect(settings.map(formatSetting)).toEqual([
      '0.5',
      '0.001',
      '0.001463',
      '123456789012',
      'cnn',
      'true',
      '',
    ])
  })

  it('shows durations, sizes and names', () => {
    expect([3.21, 59.6, 250, 7500, 90_000].map(formatDuration)).toEqual([
      '3.2 s',
      '1 min 0 s',
      '4 min 10 s',
      '2 h 5 min',
      '1 d 1 h',
    ])
    expect([0, 999, 1500, 816_000, 2_400_000].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.5 kB',
      '816 kB',
      '2.4 MB',
    ])
    expect(shortName('20261124-0013-mlp-fond-swan')).toBe('mlp-fond-swan')
  })
})
