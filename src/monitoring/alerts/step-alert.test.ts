import { describe, expect, it } from 'vitest'
import type { AlertRule } from '../../contracts/index.ts'
import { judgeSignals, NO_SIGNALS, type Signals } from './signals.ts'
import { type AlertState, newAlertState, stepAlert } from './step-alert.ts'

const HOUR = 3_600_000
const rule = { after: 2, clear: 3, repeat_hours: 6 }
const base = { severity: 'warning' } as const

const LETTERS = { fired: 'F', reminded: 'R', acknowledged: 'A', resolved: 'O' } as const

/** Steps through checks an hour apart; `b` bad, `g` good, `?` unknown, `a` acknowledged between. */
function play(checks: string): string {
  let state: AlertState = newAlertState(0)
  let names = 0
  return [...checks]
    .map((check, hour) => {
      if (check === 'a') {
        state = { ...state, acknowledged: { by: 'me', time: hour * HOUR } }
        return '.'
      }
      const judged = { b: 'bad', g: 'good', '?': 'unknown' }[check] as 'bad' | 'good' | 'unknown'
      const judgement = { state: judged, value: hour, message: `check ${hour}` }
      const step = stepAlert(state, judgement, rule, hour * HOUR, () => `alert ${++names}`)
      state = step.state
      return step.event === undefined ? '.' : LETTERS[step.event.kind]
    })
    .join('')
}

describe('stepAlert', () => {
  it.each([
    ['fires after bad checks in a row, once', 'gbgbbb', '....F.'],
    ['is over after good checks in a row', 'bbggbggg', '.F.....O'],
    ['takes what is not known as no news', 'b?b??g?gg', '..F.....O'],
    ['reminds until somebody acknowledges', 'bbbbbbbbbbbbbbbb', '.F.....R.....R..'],
    ['reminds no more then', 'bbabbbbbbbbbbb', '.F............'],
    ['does not remind while it may be over', 'bbbbbbggbb', '.F......R.'],
    ['fires again as another alert', 'bbgggbb', '.F..O.F'],
  ])('%s', (_, checks, wanted) => {
    expect(play(checks)).toBe(wanted)
  })
})

describe('judgeSignals', () => {
  const signals: Signals = {
    drift: { verdict: 'watch', reason: 'contrast rose' },
    accuracy: { value: 0.8, low: 0.75, high: 0.85, labelled: 250 },
    error_rate: { value: 0.02, requests: 500 },
    latency: { p99: 51, rows: 40 },
    silence: 3,
    volume: 120,
  }
  const rules: readonly (readonly [AlertRule, 'good' | 'bad', string])[] = [
    [{ signal: 'drift', window: '24h', level: 'watch', ...base }, 'bad', 'watch: contrast rose'],
    [{ signal: 'drift', window: '24h', level: 'drift', ...base }, 'good', 'watch: contrast rose'],
    [
      { signal: 'accuracy', window: '7d', below: 0.9, ...base },
      'bad',
      'accuracy is 80.0 % (75.0 % to 85.0 %, 250 labels)',
    ],
    [{ signal: 'accuracy', window: '7d', below: 0.84, ...base }, 'good', 'wanted 84.0 %'],
    [
      { signal: 'error_rate', window: '1h', least: 500, above: 0.01, ...base },
      'bad',
      '2.0 % of 500 requests failed',
    ],
    [
      { signal: 'latency', window: '1h', least: 40, above: 50, ...base },
      'bad',
      'up to 51.0 ms, allowed are 50 ms',
    ],
    [{ signal: 'silence', above: 5, ...base }, 'good', 'no prediction for 3.0 minutes'],
    [
      { signal: 'volume', window: '1h', below: 10, above: 100, ...base },
      'bad',
      'expected are 10 to 100',
    ],
    [
      { signal: 'volume', window: '1h', below: null, above: null, ...base },
      'good',
      '0 to any number',
    ],
  ]
  it.each(rules)('judges %o', (rule, state, text) => {
    expect(judgeSignals(rule, signals)).toMatchObject({
      state,
      message: expect.stringContaining(text),
    })
    expect(judgeSignals(rule, NO_SIGNALS).state).toBe('unknown')
  })
  it('says nothing of a few requests, or of a window that was not judged', () => {
    const few: readonly AlertRule[] = [
      { signal: 'error_rate', window: '1h', least: 501, above: 0.01, ...base },
      { signal: 'latency', window: '1h', least: 41, above: 50, ...base },
    ]
    for (const rule of few) expect(judgeSignals(rule, signals).state).toBe('unknown')
    const drift = { verdict: 'unjudged', reason: 'Needs 8 more.' } as const
    const onDrift: AlertRule = { signal: 'drift', window: '1h', level: 'watch', ...base }
    expect(judgeSignals(onDrift, { ...signals, drift })).toMatchObject({
      ...{ state: 'unknown', message: 'Needs 8 more.' },
    })
  })
})
