import { describe, expect, it } from 'vitest'
import type { AlertRule } from '../../contracts/index.ts'
import { judgeSignals, type Signals } from './signals.ts'
import { type AlertState, newAlertState, stepAlert } from './step-alert.ts'

const HOUR = 3_600_000
const base = {
  severity: 'warning',
  after: 2,
  clear: 3,
  repeat_hours: 6,
  routes: [] as string[],
} as const
const rule: AlertRule = { on: 'latency', above: 50, ...base }

const LETTERS = { fired: 'F', reminded: 'R', resolved: 'O' } as const

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
    latency: 51,
    silence: 3,
    volume: 120,
  }
  const none: Signals = {
    drift: null,
    accuracy: null,
    error_rate: null,
    latency: null,
    silence: null,
    volume: null,
  }
  const rules: readonly (readonly [AlertRule, 'good' | 'bad', string])[] = [
    [{ on: 'drift', level: 'watch', ...base }, 'bad', 'watch: contrast rose'],
    [{ on: 'drift', level: 'drift', ...base }, 'good', 'watch: contrast rose'],
    [
      { on: 'accuracy', below: 0.9, ...base },
      'bad',
      'accuracy is 80.0 % (75.0 % to 85.0 %, 250 labels)',
    ],
    [{ on: 'accuracy', below: 0.84, ...base }, 'good', 'wanted 84.0 %'],
    [{ on: 'error_rate', above: 0.01, ...base }, 'bad', '2.0 % of 500 requests failed'],
    [{ on: 'latency', above: 50, ...base }, 'bad', 'up to 51.0 ms, allowed are 50 ms'],
    [{ on: 'silence', above: 5, ...base }, 'good', 'no prediction for 3.0 minutes'],
    [{ on: 'volume', below: 10, above: 100, ...base }, 'bad', 'expected are 10 to 100'],
    [{ on: 'volume', below: null, above: null, ...base }, 'good', '0 to any number'],
  ]
  it.each(rules)('judges %o', (rule, state, text) => {
    expect(judgeSignals(rule, signals)).toMatchObject({
      state,
      message: expect.stringContaining(text),
    })
    expect(judgeSignals(rule, none).state).toBe('unknown')
  })
})
