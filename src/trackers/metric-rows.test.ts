import { describe, expect, it } from 'vitest'
import type { MetricsLine } from '../contracts/index.ts'
import { joinLines } from './metric-rows.ts'

const log = (step: number, values: Record<string, number>, time = step): MetricsLine => ({
  type: 'log',
  time,
  step,
  values,
})

describe('joinLines', () => {
  it('joins the lines of one step, and holds the last back', () => {
    const first = joinLines(null, [log(1, { 'val.loss': 1 }), log(1, { b: 2 }), log(2, { b: 3 })])
    expect(first.rows).toEqual([{ step: 1, time: 1, values: { 'val/loss': 1, b: 2 } }])
    expect(first.held).toEqual({ step: 2, time: 2, values: { b: 3 } })
    const second = joinLines(first.held, [log(2, { c: 4 }), log(5, {})])
    expect(second.rows).toEqual([])
    expect(second.held).toEqual({ step: 2, time: 2, values: { b: 3, c: 4 } })
    // what was held before is as it was: a send that failed is tried again with it
    expect(first.held).toEqual({ step: 2, time: 2, values: { b: 3 } })
  })

  it('never goes back to an earlier step', () => {
    const { rows, held } = joinLines(null, [log(7, { a: 1 }), log(3, { b: 2 })])
    expect(rows).toEqual([])
    expect(held).toMatchObject({ step: 7, values: { a: 1, b: 2 } })
  })

  it('keeps what the machine did apart', () => {
    const { system, held } = joinLines(null, [log(4, { 'system.cpu': 50, 'system.memory': 9 }, 8)])
    expect(system).toEqual([{ step: 4, time: 8, values: { cpu: 50, memory: 9 } }])
    expect(held).toBeNull()
  })
})
