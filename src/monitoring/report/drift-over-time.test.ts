import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/index.ts'
import { createDriftJudge } from '../verdict/drift-judge.ts'
import { drawOverTime } from './draw-over-time.ts'
import { driftOverTime } from './drift-over-time.ts'

const START = Date.UTC(2026, 10, 25)

function rowsOf(count: number, seed: number, shift: (row: number) => number = () => 0) {
  const random = createRandom(seed, 'drift')
  const column = () => Float64Array.from({ length: count }, () => random.uniform())
  return {
    count,
    features: { contrast: column().map((x, row) => x + shift(row)), other: column() },
  }
}

const judge = createDriftJudge(rowsOf(800, 1))
const timesOf = (count: number) =>
  Float64Array.from({ length: count }, (_, at) => START + at * 1000)

describe('driftOverTime', () => {
  it('tells since when it drifts, in whatever order the rows come', () => {
    const window = rowsOf(605, 2, (row) => (row < 305 ? 0 : 0.4))
    const moments = driftOverTime(judge, window, timesOf(605), 0.05, 6)
    expect(moments.map(({ verdict }) => verdict)).toEqual([
      ...['ok', 'ok', 'ok', 'drift', 'drift', 'drift'],
    ])
    expect(moments.map(({ rows }) => rows)).toEqual(new Array(6).fill(100))
    // what does not divide evenly is left out at the beginning
    expect(moments[0]!.start).toBe(new Date(START + 5000).toISOString())
    expect(moments[5]!.end).toBe(new Date(START + 604_000).toISOString())
    const effects = moments.map((moment) => moment.effects.find(({ name }) => name === 'contrast')!)
    expect(Math.min(...effects.slice(3).map(({ effect }) => effect))).toBeGreaterThan(0.4)

    const order = [...timesOf(605).keys()].sort((a, b) => (a % 7) - (b % 7) || a - b)
    const shuffled = {
      count: 605,
      features: Object.fromEntries(
        Object.entries(window.features).map(([name, column]) => [
          name,
          Float64Array.from(order, (row) => column[row]!),
        ]),
      ),
    }
    const times = Float64Array.from(order, (row) => START + row * 1000)
    expect(driftOverTime(judge, shuffled, times, 0.05, 6)).toEqual(moments)
  })

  it('judges some of the rows of a large part, and counts all', () => {
    const window = rowsOf(15_000, 3, (row) => (row < 10_000 ? 0 : 0.4))
    const moments = driftOverTime(judge, window, timesOf(15_000), 0.05, 3)
    expect(moments.map(({ rows, verdict }) => [rows, verdict])).toEqual([
      [5000, 'ok'],
      [5000, 'ok'],
      [5000, 'drift'],
    ])
  })

  it('raises few false alarms over all parts together', () => {
    let alarms = 0
    for (let seed = 10; seed < 30; seed++) {
      const moments = driftOverTime(judge, rowsOf(600, seed), timesOf(600), 0.05)
      expect(moments).toHaveLength(12)
      if (moments.some(({ verdict }) => verdict === 'drift')) alarms++
    }
    // of 20 windows one is expected: more than four would be of a chance below 1 %
    expect(alarms).toBeLessThanOrEqual(4)
  })

  it('is empty where there are too few rows, or no times', () => {
    expect(driftOverTime(judge, rowsOf(149, 2), timesOf(149), 0.05)).toEqual([])
    const times = timesOf(300).fill(Number.NaN, 7, 8)
    expect(driftOverTime(judge, rowsOf(300, 2), times, 0.05)).toEqual([])
  })
})

describe('drawOverTime', () => {
  it('draws a line for each feature and a mark for each part', () => {
    const window = rowsOf(300, 2, (row) => (row < 150 ? 0 : 0.5))
    const svg = drawOverTime(driftOverTime(judge, window, timesOf(300), 0.05))
    expect(svg.match(/<path /g)).toHaveLength(2)
    expect(svg.match(/<rect /g)).toHaveLength(6)
    expect(svg).toMatch(/>contrast<\/text>[\s\S]*>other<\/text>/)
    expect(svg).not.toContain('NaN')
  })
})
