import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { parseSweep } from '../definition/parse-sweep.ts'
import { numberScale, parameterScale, short } from './axis-scale.ts'
import { historySpec } from './history-figure.ts'
import { parallelCoordinatesSpec } from './parallel-figure.ts'
import { renderSweepFigures } from './render-sweep-figures.ts'
import type { SweepResults } from './sweep-results.ts'

const { parameters } = parseSweep(
  `method: random
parameters:
  lr: {distribution: log_uniform_values, min: 0.0001, max: 1.0}
  model: {values: [cnn, mlp]}
  fixed: {value: 3}`,
  's.yaml',
)
const trial = (number: number, lr: number, model: string, metric: number | null) =>
  ({
    trial: number,
    params: { fixed: 3, lr, model },
    status: metric === null ? 'failed' : 'completed',
    metric,
    deviation: metric === null ? null : 0.01,
  }) as const
const results: SweepResults = {
  parameters,
  metric: { name: 'val.accuracy', goal: 'maximize' },
  trials: [
    trial(0, 0.0001, 'cnn', 0.8),
    trial(1, 0.01, 'mlp', 0.9),
    trial(2, 0.1, 'cnn', null),
    trial(3, 1, 'mlp', 0.7),
    trial(4, 0.001, 'cnn', 0.85),
  ],
}

describe('numberScale', () => {
  it('puts values between the ends, with round numbers', () => {
    const scale = numberScale([0.123, 0.871])
    expect(scale.place(0.123)).toBe(0)
    expect(scale.place(0.871)).toBe(1)
    expect(scale.place('text')).toBeNull()
    expect(scale.ticks.map(({ label }) => label)).toEqual(['0.2', '0.4', '0.6', '0.8'])
    expect(scale.ticks[0]!.place).toBeCloseTo(0.077 / 0.748, 12)
  })

  it('has powers of ten on a logarithmic axis', () => {
    const scale = numberScale([0.0001, 1], true)
    expect(scale.place(0.01)).toBeCloseTo(0.5, 12)
    const labels = scale.ticks.map(({ label }) => label)
    expect(labels).toEqual(['0.0001', '0.001', '0.01', '0.1', '1'])
    expect(numberScale([0.2, 0.6], true).ticks.map(({ label }) => label)).toEqual(['0.2', '0.5'])
  })

  it('bears one value, and none', () => {
    expect(numberScale([3, 3])).toMatchObject({ ticks: [{ place: 0.5, label: '3' }] })
    expect(numberScale([]).ticks).toEqual([])
  })
})

describe('parameterScale', () => {
  it('gives choices and a few whole numbers a place each', () => {
    const few = parameterScale({ type: 'int_uniform', min: 1, max: 100 }, [2, 90, 2, 5])
    expect(few.ticks.map(({ label }) => label)).toEqual(['2', '5', '90'])
    expect(few.place(5)).toBe(0.5)
    const choices = parameterScale({ type: 'categorical', values: ['a', { b: 1 }] }, [])
    expect(choices.place({ b: 1 })).toBe(1)
    expect(choices.place('c')).toBeNull()
  })

  it('shortens what is long', () => {
    expect(short(0.123456)).toBe('0.123')
    expect(short([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toHaveLength(18)
  })
})

describe('figures of a sweep', () => {
  it('tell the best, and how many trials have no result', () => {
    expect(historySpec(results)).toMatchObject({
      title: { subtitle: ['best: trial 1, 0.9; 1 without a result', expect.any(String)] },
    })
    expect(parallelCoordinatesSpec(results)).toMatchObject({
      title: { subtitle: 'darker is better by val.accuracy; orange: trial 1, the best' },
    })
  })

  it('are drawn, those that there is something for', async () => {
    const figures = await renderSweepFigures(results)
    expect(figures.map(({ name }) => name)).toEqual([
      'history',
      'parallel_coordinates',
      'importance',
      'slices',
    ])
    for (const { figure } of figures) {
      const { width, height } = await sharp(figure.png).metadata()
      expect(Math.min(width, height)).toBeGreaterThan(300)
      expect(figure.svg).not.toMatch(/NaN|undefined|Infinity/)
    }
    const few = await renderSweepFigures({ ...results, trials: results.trials.slice(1, 3) })
    expect(few.map(({ name }) => name)).toEqual(['history', 'parallel_coordinates', 'slices'])
    expect(await renderSweepFigures({ ...results, trials: [] })).toEqual([])
  })
})
