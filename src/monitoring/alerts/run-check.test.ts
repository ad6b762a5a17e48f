import { describe, expect, it } from 'vitest'
import { type AlertRule, driftCheckSchema } from '../../contracts/index.ts'
import { AtelierError, createRandom } from '../../core/index.ts'
import type { MonitoredReference } from '../windows/load-reference.ts'
import type { PredictionWindow } from '../windows/prediction-window.ts'
import type { EffectiveRule } from './effective-rules.ts'
import type { MonitoredLog } from './monitored-log.ts'
import { runCheck } from './run-check.ts'

const NOW = Date.UTC(2026, 10, 25)
const HOUR = 3_600_000

function rowsOf(count: number, seed: number, shift = 0) {
  const random = createRandom(seed, 'drift')
  const contrast = Float64Array.from({ length: count }, () => random.uniform() + shift)
  return { count, features: { contrast } }
}

const reference: MonitoredReference = {
  ...{ source: 'ref.csv', run: null, accuracy: null, rows: rowsOf(600, 1) },
}

function windowOf(count: number, shift = 0): PredictionWindow {
  return {
    source: 'log',
    model: { name: 'garments', version: 3, sha256: 'ab' },
    rows: rowsOf(count, 2, shift),
    times: Float64Array.from({ length: count }, (_, at) => NOW - HOUR + at),
    latencies: Float64Array.from({ length: count }, (_, at) => at),
    ...{ labelled: 200, right: 120, lost: 0 },
  }
}

function log(part: Partial<MonitoredLog> = {}): MonitoredLog {
  return {
    window: async () => windowOf(300),
    reference: async () => reference,
    count: async () => 30,
    last: async () => NOW - 5 * 60_000,
    requests: async () => ({ requests: 400, errors: 8 }),
    ...part,
  }
}

const ruleOf = (name: string, rule: AlertRule): EffectiveRule => ({
  ...{ name, rule, severity: 'info', routes: [], after: 1, clear: 1, repeat_hours: null },
})
const severity = 'info' as const
const rules = [
  ruleOf('drift', { signal: 'drift', window: '300 rows', level: 'drift', severity }),
  ruleOf('accuracy', { signal: 'accuracy', window: '7d', below: 0.7, severity }),
  ruleOf('errors', { signal: 'error_rate', window: '1h', above: 0.01, least: 20, severity }),
  ruleOf('slow', { signal: 'latency', window: '1h', above: 296, least: 100, severity }),
  ruleOf('silence', { signal: 'silence', above: 4, severity }),
  ruleOf('volume', { signal: 'volume', window: '30m', below: 61, above: null, severity }),
]

async function statesOf(part: Partial<MonitoredLog> = {}) {
  const { check, judged } = await runCheck(log(part), { window: '300 rows', rules, now: NOW })
  driftCheckSchema.parse(check)
  const states = Object.fromEntries([...judged].map(([name, { state }]) => [name, state]))
  return { check, judged, states }
}

describe('runCheck', () => {
  it('judges each rule by what it looks at', async () => {
    const { check, judged, states } = await statesOf()
    expect(check).toMatchObject({ verdict: 'ok', rows: 300, failure: null, model: { version: 3 } })
    expect(check.effects.map(({ name }) => name)).toEqual(['contrast'])
    // 120 of 200 right, 2 % of requests failed, 99 % within 296 ms, 5 minutes, 60 an hour
    expect(states).toEqual({
      ...{ drift: 'good', accuracy: 'bad', errors: 'bad', slow: 'good' },
      ...{ silence: 'bad', volume: 'bad' },
    })
    expect(judged.get('volume')!.value).toBe(60)
    expect((await statesOf({ window: async () => windowOf(300, 0.5) })).states['drift']).toBe('bad')
  })

  it('asks for each window once, and for the time that it names', async () => {
    const asked: unknown[] = []
    await statesOf({
      window: async (query) => {
        asked.push(query)
        return windowOf(300)
      },
      requests: async (from) => {
        asked.push({ requests: from })
        return undefined
      },
    })
    expect(asked).toEqual([
      { last: 300 },
      { from: NOW - 7 * 24 * HOUR },
      { requests: NOW - HOUR },
      { from: NOW - HOUR },
    ])
  })

  it('takes what cannot be told for unknown, with its reason, and judges the rest', async () => {
    const empty = new AtelierError('WINDOW_EMPTY', 'There are no predictions.')
    const { check, judged, states } = await statesOf({
      window: () => Promise.reject(empty),
      requests: async () => undefined,
    })
    expect(check).toMatchObject({
      ...{ verdict: 'unjudged', failure: 'WINDOW_EMPTY', rows: 0, reason: empty.message },
    })
    expect(states).toEqual({
      ...{ drift: 'unknown', accuracy: 'unknown', errors: 'unknown', slow: 'unknown' },
      ...{ silence: 'bad', volume: 'bad' },
    })
    expect(judged.get('drift')!.message).toBe('There are no predictions.')
    const { states: without } = await statesOf({
      reference: () => Promise.reject(new AtelierError('REFERENCE_NOT_FOUND', 'none')),
      last: async () => undefined,
    })
    expect(without).toMatchObject({ drift: 'unknown', accuracy: 'bad', silence: 'unknown' })
  })

  it('fails where the store is away: that is no answer', async () => {
    const away = new AtelierError('STORE_UNAVAILABLE', 'away')
    await expect(statesOf({ window: () => Promise.reject(away) })).rejects.toThrow('away')
  })
})
