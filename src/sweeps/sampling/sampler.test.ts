import { describe, expect, it } from 'vitest'
import { parseSweep } from '../definition/parse-sweep.ts'
import { createSampler, isTargetReached } from './sampler.ts'
import type { Trial, TrialParams } from './trial.ts'

const sweepOf = (content: object) =>
  parseSweep(
    JSON.stringify({
      method: 'random',
      metric: { name: 'm' },
      parameters: { x: { min: 0.5, max: 2.5 }, n: { min: 1, max: 9 }, fixed: { value: 'c' } },
      ...content,
    }),
    's.yaml',
  )

const finished = (params: TrialParams, value: number): Trial => ({
  params,
  state: 'finished',
  history: [value],
})

function runAll(sweep: ReturnType<typeof sweepOf>, seed: number, count: number): Trial[] {
  const trials: Trial[] = []
  while (trials.length < count) {
    const params = createSampler(sweep, seed).next(trials)
    if (params === undefined) break
    trials.push(finished(params, ((params['x'] as number) - 1.2) ** 2))
  }
  return trials
}

describe('createSampler', () => {
  it.each(['random', 'bayes'])('%s: the same trials and seed give the same choice', (method) => {
    const sweep = sweepOf({ method })
    const trials = runAll(sweep, 7, 6)
    expect(runAll(sweep, 7, 6)).toEqual(trials)
    expect(createSampler(sweep, 7).next(trials.slice(0, 3))).toEqual(trials[3]!.params)
    expect(runAll(sweep, 8, 6)).not.toEqual(trials)
    expect(new Set(trials.map(({ params }) => params['x'])).size).toBe(6)
    for (const { params } of trials) {
      expect(params['x']).toBeGreaterThan(0.5)
      expect(params['x']).toBeLessThan(2.5)
      expect(Number.isInteger(params['n'])).toBe(true)
      expect(params['fixed']).toBe('c')
    }
  })

  it('random: trial n does not depend on how earlier ones went', () => {
    const sweep = sweepOf({})
    const trials = runAll(sweep, 1, 4)
    const others = trials.map(({ params }) => ({ params, state: 'failed', history: [] }) as const)
    expect(createSampler(sweep, 1).next(others)).toEqual(createSampler(sweep, 1).next(trials))
  })

  it('bayes: closes in on the minimum', () => {
    const distance = (trials: readonly Trial[]) =>
      Math.min(...trials.map(({ history }) => history[0]!))
    const sweep = sweepOf({ method: 'bayes', parameters: { x: { min: 0.5, max: 2.5 } } })
    expect(distance(runAll(sweep, 3, 15))).toBeLessThan(1e-4)
  })

  it('ends at run_cap, and where the grid ends', () => {
    expect(runAll(sweepOf({ run_cap: 3 }), 1, 10)).toHaveLength(3)
    const grid = sweepOf({
      method: 'grid',
      parameters: { x: { values: [1, 2] }, n: { min: 1, max: 3 } },
    })
    expect(runAll(grid, 1, 10).map(({ params }) => [params['n'], params['x']])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
      [3, 1],
      [3, 2],
    ])
  })
})

describe('isTargetReached', () => {
  it('asks whether any value is as good as the target', () => {
    const trials = [finished({}, 0.5), { ...finished({}, 0.7), summary: 0.8 }]
    const ask = (metric: object) => isTargetReached(sweepOf({ metric }), trials)
    expect(ask({ name: 'm' })).toBe(false)
    expect(ask({ name: 'm', goal: 'maximize', target: 0.8 })).toBe(true)
    expect(ask({ name: 'm', goal: 'maximize', target: 0.81 })).toBe(false)
    expect(ask({ name: 'm', target: 0.5 })).toBe(true)
    expect(ask({ name: 'm', target: 0.49 })).toBe(false)
  })
})
