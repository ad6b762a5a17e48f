import { describe, expect, it } from 'vitest'
import type { UiComparedKey, UiValue } from '../../../src/contracts/index.ts'
import { parallelAxis } from './parallel-axes.ts'

const row = (...values: UiValue[]): UiComparedKey => ({
  key: 'k',
  values,
  differs: true,
  goal: null,
})
const options = { isResult: false, format: String }

describe('parallelAxis', () => {
  it('spreads numbers evenly, or by their logarithms when they span decades', () => {
    expect(parallelAxis(row(1, 2, 3), options).places).toEqual([0, 0.5, 1])
    const places = parallelAxis(row(0.0001, 0.001, 0.01), options).places
    expect(places.map((place) => place!.toFixed(6))).toEqual(['0.000000', '0.500000', '1.000000'])
  })

  it('puts a single value in the middle', () => {
    expect(parallelAxis(row(5, 5), options).places).toEqual([0.5, 0.5])
  })

  it('names what is no number, in order', () => {
    const axis = parallelAxis(row('mlp', 'cnn', 'lite'), options)
    expect(axis.ticks.map(({ text }) => text)).toEqual(['cnn', 'lite', 'mlp'])
    expect(axis.places).toEqual([1, 0, 0.5])
  })

  it('names a setting that is left out, and leaves a hole for a missing result', () => {
    expect(parallelAxis(row(0.5, null), options).ticks.map(({ text }) => text)).toContain('–')
    expect(parallelAxis(row(0.5, 0.7, null), { ...options, isResult: true }).places).toEqual([
      0,
      1,
      null,
    ])
  })
})
