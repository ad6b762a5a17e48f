import { describe, expect, it } from 'vitest'
import type { Attempt, SweepState } from '../../sweeps/index.ts'
import { liveLines } from './live-table.ts'
import { resultCsv, resultTable } from './result-table.ts'
import { remainingTime, viewOf } from './sweep-view.ts'
import { formatNumber } from './trial-text.ts'

const attempt = (change: Partial<Attempt>): Attempt => ({
  ...{ repeat: 0, status: 'completed', run: 'run', reused: false, process: null, metric: null },
  ...{ history: [], error: null, started: null, seconds: 10, step: 0, steps: null },
  ...change,
})

const state: SweepState = {
  request: {
    ...{ type: 'sweep', version: 1, time: 0, id: 'id', file: 'sweep.yaml', seed: 1, workers: 2 },
    ...{ repeats: 1, threads: null, overrides: [], config: {}, strict: false, reuse: true },
  },
  trials: [
    { lr: 0.01, metric: 0.8 },
    { lr: 0.002, metric: 0.9 },
  ]
    .map(({ lr, metric }, trial) => ({
      trial,
      params: { hyperparameters: { learning_rate: lr }, fixed: 'a,b' },
      attempts: [attempt({ metric, run: `run-${trial}` })],
    }))
    .concat({
      trial: 2,
      params: { hyperparameters: { learning_rate: 0.5 }, fixed: 'a,b' },
      attempts: [
        attempt({
          ...{ status: 'running', started: 1000, seconds: 0, run: 'r', metric: null },
          ...{ history: [0.5, 0.25], step: 30, steps: 120 },
        }),
      ],
    }),
}
const view = viewOf(state, {
  ...{ id: 'id', method: 'random', metric: 'val.accuracy', goal: 'maximize', total: 5 },
})

describe('liveLines', () => {
  const lines = (rows: number, columns = 120) =>
    liveLines({ state, view, workers: 2, now: 5000, elapsed: 61_000, columns, rows })

  it('shows what runs, how far it is, and the best so far', () => {
    const [head, row, best] = lines(24)
    // 6 s of the one that runs and two more of 10 s, by two workers
    expect(head).toBe('val.accuracy  2 of 5 done · 1 running · 1 min 01 s · about 13 s left')
    expect(row).toMatch(/^ {6}2 {2}━━━━─{12} {2}25 % {4}0\.2500 +4 s {2}learning_rate=0\.5$/)
    expect(best).toContain('trial 1, val.accuracy 0.9000: learning_rate=0.002')
  })

  it('fits the screen', () => {
    for (const line of lines(24, 40)) expect([...line].length).toBeLessThan(40)
    expect(lines(4)).toHaveLength(3)
  })
})

describe('remainingTime', () => {
  it('is unknown while nothing has ended, or where the sweep has no end', () => {
    const endless = viewOf(state, { ...view.subject, total: undefined })
    expect(remainingTime(state, endless, 2, 5000)).toBeUndefined()
    const fresh = { ...state, trials: state.trials.slice(2) }
    expect(remainingTime(fresh, viewOf(fresh, view.subject), 2, 5000)).toBeUndefined()
  })
})

describe('the ranked trials', () => {
  it('have a column for what differs, best first', () => {
    const lines = resultTable(view, 9).split('\n')
    expect(lines[0]).toMatch(
      /^rank {2}trial {2}state +val\.accuracy {2}learning_rate {2,}time {2}run$/,
    )
    expect(lines[2]).toMatch(/^ {3}1 +1 {2}completed +0\.9000 +0\.002 +10\.0 s {2}run-1$/)
    expect(lines[4]).toMatch(/^ +2 {2}running/)
    expect(resultTable(view, 1)).toContain('and 2 more')
  })

  it('have every parameter as CSV, quoted where needed', () => {
    const [head, first] = resultCsv(view).split('\n')
    expect(head).toBe(
      'rank,trial,status,val.accuracy,deviation,repeats,fixed,hyperparameters.learning_rate,seconds,runs,error',
    )
    expect(first).toBe('1,1,completed,0.9,,1,"a,b",0.002,10,run-1,')
  })
})

describe('formatNumber', () => {
  it.each([
    [0.8912345, '0.8912'],
    [12.3456, '12.35'],
    [0.0000312, '0.0000312'],
    [1.2e-9, '1.2e-9'],
    [3, '3'],
    [-0.5, '-0.5000'],
    [123456.7, '123457'],
  ])('shows %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })
})
