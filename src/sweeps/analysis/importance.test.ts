import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/index.ts'
import { parseSweep } from '../definition/parse-sweep.ts'
import { createSampler } from '../sampling/sampler.ts'
import type { Trial, TrialParams } from '../sampling/trial.ts'
import { mainEffects } from './functional-anova.ts'
import { parameterImportance } from './importance.ts'
import type { SweepResults } from './sweep-results.ts'

const leaf = (low: number[], high: number[], value: number) => ({ low, high, value })

describe('mainEffects', () => {
  it('divides the variance of a tree as by hand', () => {
    // f = 4·[x > ½] + 2·[y > ½]: variances 4 and 1, no interaction
    const additive = [
      leaf([0, 0], [0.5, 0.5], 0),
      leaf([0.5, 0], [1, 0.5], 4),
      leaf([0, 0.5], [0.5, 1], 2),
      leaf([0.5, 0.5], [1, 1], 6),
    ]
    const [x, y] = mainEffects([additive], 2)
    expect(x).toBeCloseTo(0.8, 12)
    expect(y).toBeCloseTo(0.2, 12)
  })

  it('gives interactions to nobody', () => {
    const exclusive = [
      leaf([0, 0], [0.5, 0.5], 1),
      leaf([0.5, 0], [1, 0.5], 0),
      leaf([0, 0.5], [0.5, 1], 0),
      leaf([0.5, 0.5], [1, 1], 1),
    ]
    expect(mainEffects([exclusive], 2)).toEqual([0, 0])
  })

  it('weighs parts by their size, and passes over trees that say nothing', () => {
    const uneven = [leaf([0, 0], [0.25, 1], 8), leaf([0.25, 0], [1, 1], 0)]
    expect(mainEffects([uneven, [leaf([0, 0], [1, 1], 3)]], 2)).toEqual([1, 0])
    expect(mainEffects([], 2)).toEqual([0, 0])
  })
})

function resultsOf(
  parameters: object,
  metricOf: (params: TrialParams) => number,
  count: number,
): SweepResults {
  const sweep = parseSweep(JSON.stringify({ method: 'random', parameters }), 's.yaml')
  const sampler = createSampler(sweep, 5)
  const seen: Trial[] = []
  const trials = Array.from({ length: count }, (_, trial) => {
    const params = sampler.next(seen)!
    const metric = metricOf(params)
    seen.push({ params, state: 'finished', history: [metric] })
    return { trial, params, status: 'completed', metric, deviation: null } as const
  })
  return { parameters: sweep.parameters, metric: { name: 'm', goal: 'minimize' }, trials }
}

describe('parameterImportance', () => {
  const space = {
    big: { distribution: 'uniform', min: 0, max: 1 },
    small: { distribution: 'log_uniform_values', min: 0.001, max: 1 },
    none: { distribution: 'uniform', min: 0, max: 1 },
    kind: { values: ['a', 'b', 'c'] },
    fixed: { value: 3 },
  }

  it('finds what a metric is made of', () => {
    const noise = createRandom(1, 'sweep')
    const results = resultsOf(
      space,
      ({ big, small }) =>
        -3 * (big as number) + Math.log10(small as number) / 3 + 0.01 * noise.normal(),
      300,
    )
    const importance = parameterImportance(results)
    expect(importance.map(({ name }) => name).slice(0, 2)).toEqual(['big', 'small'])
    expect(importance).toHaveLength(4)
    const of = (name: string) => importance.find((entry) => entry.name === name)!
    // variances of 3·U and U: nine to one
    expect(Math.abs(of('big').share - 0.9)).toBeLessThan(0.03)
    expect(Math.abs(of('small').share - 0.1)).toBeLessThan(0.03)
    expect(of('none').share).toBeLessThan(0.01)
    expect(of('big').correlation).toBeLessThan(-0.9)
    expect(of('small').correlation).toBeGreaterThan(0.2)
    expect(of('kind').correlation).toBeNull()
  })

  it('sees a choice that matters', () => {
    const results = resultsOf(space, ({ kind }) => (kind === 'b' ? 1 : 0), 60)
    const [first] = parameterImportance(results)
    expect(first!.name).toBe('kind')
    // it is the middle one, so no single cut tells it: some trees begin elsewhere
    expect(first!.share).toBeGreaterThan(0.8)
  })

  it('is the same every time, and nothing for too few trials or an even metric', () => {
    const results = resultsOf(space, ({ big }) => big as number, 30)
    expect(parameterImportance(results)).toEqual(parameterImportance(results))
    expect(parameterImportance({ ...results, trials: results.trials.slice(0, 3) })).toEqual([])
    const even = parameterImportance(resultsOf(space, () => 0.1, 30))
    expect(even.every(({ share, correlation }) => share === 0 && correlation === null)).toBe(true)
  })
})
