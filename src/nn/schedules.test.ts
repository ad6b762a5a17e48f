import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Config } from '../contracts/index.ts'
import { learningRateFactor } from './schedules.ts'

type Schedule = Config['schedule']

interface Case {
  readonly schedule: Schedule
  readonly totalSteps: number
  readonly stepsPerEpoch: number
  readonly factors: readonly number[]
}

const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/schedules.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] }

const titled = golden.cases.map((entry, i) => {
  const { name, warmup } = entry.schedule
  return { title: `${i} ${name}, warm-up ${warmup}, ${entry.totalSteps} steps`, entry }
})

const schedule: Schedule = {
  name: 'constant',
  warmup: 0.2,
  start_factor: 0,
  final_factor: 0,
  step_epochs: 1,
  step_factor: 0.1,
}

function factorsOf(settings: Schedule, totalSteps: number, stepsPerEpoch = 1): number[] {
  return Array.from({ length: totalSteps }, (_, step) =>
    learningRateFactor(step, settings, { totalSteps, stepsPerEpoch }),
  )
}

describe('learningRateFactor', () => {
  it.each(titled)('equals torch.optim.lr_scheduler at every step: $title', ({ entry }) => {
    const got = factorsOf(entry.schedule, entry.totalSteps, entry.stepsPerEpoch)
    expect(got).toBeAllClose(entry.factors, { absolute: 1e-15, relative: 1e-12 })
  })

  it('runs a one-cycle that is all rise to its peak, where torch divides by zero', () => {
    expect(factorsOf({ ...schedule, name: 'one_cycle', warmup: 1 }, 1)).toEqual([1])
    expect(factorsOf({ ...schedule, name: 'one_cycle', warmup: 1 }, 3)).toEqual([0, 0.5, 1])
  })

  it('reaches the full rate by the last step, however long the warm-up', () => {
    for (const name of ['constant', 'cosine'] as const) {
      expect(factorsOf({ ...schedule, name, warmup: 1 }, 1)).toEqual([1])
      expect(factorsOf({ ...schedule, name, warmup: 0.5 }, 1)).toEqual([1])
      expect(factorsOf({ ...schedule, name, warmup: 1 }, 3)).toEqual([0, 0.5, 1])
    }
  })

  it('counts the drops of the step schedule from the start of the run, warm-up included', () => {
    const settings: Schedule = { ...schedule, name: 'step', step_factor: 0.5 }
    expect(factorsOf(settings, 10, 3)).toEqual([0, 0.5, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125])
  })

  it('stays within [0, 1] for every setting and length', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const settings = fc.record({
      name: fc.constantFrom('constant', 'step', 'cosine', 'one_cycle'),
      warmup: unit,
      start_factor: unit,
      final_factor: unit,
      step_epochs: fc.integer({ min: 1, max: 5 }),
      step_factor: unit,
    })
    const lengths = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 10 }))
    void fc.assert(
      fc.property(settings, lengths, (random, [totalSteps, stepsPerEpoch]) => {
        for (const factor of factorsOf(random as Schedule, totalSteps, stepsPerEpoch)) {
          expect(factor).toBeGreaterThanOrEqual(0)
          expect(factor).toBeLessThanOrEqual(1 + 1e-12)
        }
      }),
    )
  })
})
