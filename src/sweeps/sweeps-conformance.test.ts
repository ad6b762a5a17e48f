/** The `sweeps` package's own answers, made by test/golden/sweeps.py. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { DistributionName, ParameterValue } from './definition/distribution.ts'
import { parseSweep } from './definition/parse-sweep.ts'
import { pythonJson, pythonStr } from './definition/python-text.ts'
import type { SweepFile } from './definition/sweep-file.ts'
import { bestCandidate, expectedImprovement, modelOf } from './sampling/bayes-search.ts'
import { gridSize, nextGridPoint } from './sampling/grid.ts'
import { hyperbandBands, trialsToStop } from './sampling/hyperband.ts'
import { observe } from './sampling/observations.ts'
import { positionOf } from './sampling/position.ts'
import { quantileOf } from './sampling/quantile.ts'
import { randomPoint } from './sampling/random-search.ts'
import type { Trial, TrialParams } from './sampling/trial.ts'

type Json = Record<string, unknown>
type State = Trial['state']
interface Golden {
  readonly parameters: readonly [string, [string, Json] | null][]
  readonly files: readonly [string, boolean][]
  readonly texts: readonly [ParameterValue, string, string][]
  readonly shares: readonly number[]
  readonly quantiles: readonly { config: Json; values: ParameterValue[] }[]
  readonly positions: readonly { config: Json; values: ParameterValue[]; positions: number[] }[]
  readonly grids: readonly { parameters: Json; points: TrialParams[]; rest: TrialParams[] }[]
  readonly random: { parameters: Json; draws: number[]; points: TrialParams[] }
  readonly hyperband: readonly {
    settings: Json
    goal: string
    states: State[]
    histories: (number | null)[][]
    bands: number[]
    stopped: number[]
  }[]
  readonly processes: readonly {
    surface: string
    points: number[][]
    values: number[]
    running: number[][]
    candidates: number[][]
    probes: number[][]
    log_length: number
    mean: number
    deviation: number
    at_bound: boolean
    chosen: number
    predictions: [number | null, number | null, number | null][]
  }[]
  readonly observations: readonly {
    parameters: Json
    metric: Json
    trials: {
      params: TrialParams
      state: State
      history: (number | null)[]
      summary: number | null
    }[]
    points: number[][]
    running: number[][]
    values: number[]
  }[]
}
const golden: Golden = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../test/golden/sweeps.json'), 'utf8'),
)

/** The package's names of kinds of parameter. */
const KINDS: Readonly<Record<string, DistributionName>> = {
  param_single_value: 'constant',
  param_categorical: 'categorical',
  param_categorical_w_probabilities: 'categorical_w_probabilities',
  param_int_uniform: 'int_uniform',
  param_uniform: 'uniform',
  param_loguniform: 'log_uniform',
  param_loguniform_v2: 'log_uniform_values',
  param_inv_loguniform: 'inv_log_uniform',
  param_inv_loguniform_v2: 'inv_log_uniform_values',
  param_quniform: 'q_uniform',
  param_qloguniform: 'q_log_uniform',
  param_qloguniform_v2: 'q_log_uniform_values',
  param_normal: 'normal',
  param_qnormal: 'q_normal',
  param_lognormal: 'log_normal',
  param_qlognormal: 'q_log_normal',
  param_beta: 'beta',
  param_qbeta: 'q_beta',
}

// JSON is YAML, except that it writes the float 1.0 as 1: the golden names distributions where that tells
const sweepOf = (content: Json): SweepFile =>
  parseSweep(JSON.stringify({ method: 'random', ...content }), 'golden.yaml')

const distributionOf = (config: Json) =>
  sweepOf({ parameters: { p: config } }).parameters[0]!.distribution

const nan = (values: readonly (number | null)[]) => values.map((value) => value ?? NaN)

describe('parseSweep, beside the sweeps package', () => {
  it.each(golden.parameters)('reads %s', (text, expected) => {
    const source = `method: random\nparameters:\n  p: ${text.startsWith('{') ? text : `{${text}}`}\n`
    if (expected === null) {
      expect(() => parseSweep(source, 'golden.yaml')).toThrow(/golden\.yaml:3: /)
      return
    }
    const { type, ...rest } = parseSweep(source, 'golden.yaml').parameters[0]!.distribution
    const [kind, { distribution, ...settings }] = expected
    expect(type).toBe(KINDS[kind])
    expect(rest).toEqual(settings)
  })
})

describe('parseSweep of a whole file, beside the sweeps package', () => {
  it.each(golden.files)('judges %j', (text, isTaken) => {
    if (isTaken) expect(parseSweep(text, 'golden.yaml').parameters).not.toEqual([])
    else expect(() => parseSweep(text, 'golden.yaml')).toThrow(/^golden\.yaml:\d+: /)
  })
})

describe('pythonStr and pythonJson, beside Python', () => {
  it.each(golden.texts)('write %j', (value, text, json) => {
    expect(pythonStr(value)).toBe(text)
    expect(pythonJson(value)).toBe(json)
  })
})

describe('quantileOf, beside the sweeps package', () => {
  it.each(golden.quantiles.map((entry) => [JSON.stringify(entry.config), entry] as const))(
    'gives the same for %s',
    (_, { config, values }) => {
      const distribution = distributionOf(config)
      const got = golden.shares.map((share) => quantileOf(distribution, share))
      expect(got.length).toBe(values.length)
      for (const [i, value] of got.entries()) expectClose(value, values[i]!)
    },
  )
})

describe('positionOf, beside the sweeps package', () => {
  it.each(golden.positions.map((entry) => [JSON.stringify(entry.config), entry] as const))(
    'gives the same for %s',
    (_, { config, values, positions }) => {
      const distribution = distributionOf(config)
      for (const [i, value] of values.entries()) {
        expectClose(positionOf(distribution, value), positions[i]!)
      }
    },
  )
})

describe('nextGridPoint, beside the sweeps package', () => {
  it.each(golden.grids.map((entry) => [JSON.stringify(entry.parameters), entry] as const))(
    'goes through %s in the same order',
    (_, { parameters, points, rest }) => {
      const sweep = sweepOf({ method: 'grid', parameters })
      expect(pointsOf(sweep, [])).toEqual(points.map(closeTo))
      const everySecond = points.filter((_point, i) => i % 2 === 0).reverse()
      if (points.length > 1) expect(pointsOf(sweep, everySecond)).toEqual(rest.map(closeTo))
      expect(gridSize(sweep)).toBeGreaterThanOrEqual(points.length)
    },
  )
})

function pointsOf(sweep: SweepFile, before: readonly TrialParams[]): TrialParams[] {
  const trials = before.map(trialOf)
  const points: TrialParams[] = []
  for (;;) {
    const point = nextGridPoint(sweep, trials)
    if (point === undefined) return points
    points.push(point)
    trials.push(trialOf(point))
  }
}

const trialOf = (params: TrialParams): Trial => ({ params, state: 'finished', history: [] })

describe('randomPoint, beside the sweeps package', () => {
  it('takes draws in the same order', () => {
    const { parameters, draws, points } = golden.random
    const sweep = sweepOf({ parameters: parameters })
    const rest = [...draws]
    for (const expected of points) {
      const got = randomPoint(sweep, () => rest.shift()!)
      expect(got).toEqual(closeTo(expected))
    }
  })
})

describe('trialsToStop, beside the sweeps package', () => {
  it.each(golden.hyperband.map((entry) => [JSON.stringify(entry.settings), entry] as const))(
    'stops the same trials by %s',
    (_, { settings, goal, states, histories, bands, stopped }) => {
      const sweep = sweepOf({
        parameters: { a: { values: [1] } },
        metric: { name: 'm', goal },
        early_terminate: { type: 'hyperband', ...settings },
      })
      expect(hyperbandBands(sweep.earlyTerminate!).slice(0, 12)).toEqual(bands)
      const trials = histories.map((history, i) => ({
        params: {},
        state: states[i]!,
        history: nan(history),
      }))
      expect(trialsToStop(sweep, trials)).toEqual(stopped)
    },
  )
})

describe('observe, beside the sweeps package', () => {
  it.each(golden.observations.map((entry, i) => [i, JSON.stringify(entry.metric), entry] as const))(
    'sees the same in case %i, %s',
    (_i, _metric, { parameters, metric, trials, points, running, values }) => {
      const sweep = sweepOf({
        method: 'bayes',
        metric,
        parameters: parameters,
      })
      const seen = observe(
        sweep,
        sweep.metric!,
        trials.map((trial) => ({ ...trial, history: nan(trial.history) })),
      )
      expect(seen.values).toEqual(values.map(closeTo))
      expect(seen.points).toEqual(points.map(closeTo))
      expect(seen.running).toEqual(running.map(closeTo))
    },
  )
})

/** The search for the length ends where its steps are small enough: that far both may be apart. */
const LENGTH = 1e-5
const PREDICTION = 1e-6

describe('modelOf and bestCandidate, beside the sweeps package', () => {
  it.each(golden.processes.map((entry, i) => [i, entry.surface, entry] as const))(
    'predict and choose the same in case %i, %s',
    (_i, _surface, entry) => {
      const model = modelOf(entry, () => 0)
      expect(Math.abs(model.logLength - entry.log_length)).toBeLessThan(LENGTH)
      expect(model.isAtBound).toBe(entry.at_bound)
      // what running trials are imagined to give is no better than a prediction
      const tolerance = (entry.running.length > 0 ? PREDICTION : 1e-9) * entry.deviation
      expect(Math.abs(model.mean - entry.mean)).toBeLessThan(tolerance)
      expect(Math.abs(model.deviation - entry.deviation)).toBeLessThan(tolerance)
      const best = Math.min(...entry.values)
      for (const [i, probe] of entry.probes.entries()) {
        const prediction = model.predict(probe)
        const [mean, spread, gain] = entry.predictions[i]!
        const scale = Math.abs(entry.mean) + entry.deviation
        if (mean !== null) {
          const got = prediction.mean * model.deviation + model.mean
          expect(Math.abs(got - mean)).toBeLessThan(PREDICTION * scale)
        }
        // a variance of nearly nothing is a difference of ones, and its root is no better
        if (spread !== null) {
          const variance = (prediction.deviation * model.deviation) ** 2
          expect(Math.abs(variance - spread ** 2)).toBeLessThan(PREDICTION * model.deviation ** 2)
        }
        if (gain !== null && spread! > 1e-3 * model.deviation) {
          const got = expectedImprovement(model, best, probe)
          expect(Math.abs(got - gain)).toBeLessThan(PREDICTION * 10)
        }
      }
      if (!model.isAtBound) {
        expect(bestCandidate(model, best, entry.candidates, () => 0)).toBe(entry.chosen)
      }
    },
  )
})

/** Relative 1e-9, for numbers anywhere in a value. */
function expectClose(got: ParameterValue, expected: ParameterValue): void {
  expect(got).toEqual(closeTo(expected))
}

function closeTo(expected: unknown): unknown {
  if (typeof expected === 'number') return near(expected)
  if (Array.isArray(expected)) return expected.map(closeTo)
  if (expected === null || typeof expected !== 'object') return expected
  return Object.fromEntries(Object.entries(expected).map(([key, item]) => [key, closeTo(item)]))
}

const near = (expected: number) => ({
  asymmetricMatch: (got: unknown) =>
    typeof got === 'number' && Math.abs(got - expected) <= 1e-9 * Math.abs(expected),
  toString: () => `near ${expected}`,
})
