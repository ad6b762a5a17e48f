import { describe, expect, it } from 'vitest'
import { dense } from '../../test/support/dense.ts'
import { evaluateReference } from '../../test/support/reference-evaluator.ts'
import { add, argMax, cast, exp, greater, input, mul, reduceSum, scalar, where } from './build.ts'
import { differentiate, topologicalOrder } from './differentiate.ts'
import type { Value } from './value.ts'

const x = input('x', [])
const y = input('y', [])

/** The values of d loss / d targets at x, y. */
function gradientsAt(loss: Value, targets: readonly Value[], at: Readonly<Record<string, number>>) {
  const feeds = Object.fromEntries(
    Object.entries(at).map(([name, value]) => [name, dense([], Float64Array.of(value))]),
  )
  return evaluateReference(differentiate(loss, targets, scalar(1)), feeds).map(
    ({ data }) => data[0],
  )
}

describe('differentiate', () => {
  it('adds up the uses of a shared value', () => {
    // (x² + x) · x² → 4x³ + 3x²
    const square = mul(x, x)
    expect(gradientsAt(mul(add(square, x), square), [x], { x: 2 })).toEqual([44])
  })

  it('follows both sides of a diamond once per path, in linear time', () => {
    // sixty doublings in a row have 2^60 paths
    let value = x
    for (let i = 0; i < 60; i++) value = add(value, value)
    const [gradient] = differentiate(value, [x], scalar(1))
    expect(topologicalOrder([gradient!]).length).toBeLessThan(200)
    expect(gradientsAt(value, [x], { x: 3 })).toEqual([2 ** 60])
  })

  it('differentiates with respect to a value in the middle', () => {
    const middle = mul(x, y)
    expect(gradientsAt(mul(middle, middle), [middle, x], { x: 2, y: 5 })).toEqual([20, 100])
  })

  it('answers in the order of the targets, twice for one asked for twice', () => {
    expect(gradientsAt(mul(x, y), [y, x, y], { x: 2, y: 5 })).toEqual([2, 5, 2])
  })

  it('scales by the seed', () => {
    const [gradient] = differentiate(mul(x, y), [x], scalar(10))
    const feeds = { y: dense([], Float64Array.of(3)) }
    expect(evaluateReference([gradient!], feeds)[0]!.data[0]).toBe(30)
  })

  it('gives the seed for the loss itself', () => {
    expect(gradientsAt(x, [x], {})).toEqual([1])
  })

  it('leaves out what no target leads to, differentiable or not', () => {
    const hard = cast(argMax(input('z', [3]), 0), 'float32')
    expect(() => differentiate(mul(x, exp(hard)), [x], scalar(1))).not.toThrow()
  })

  it('passes no gradient through conditions', () => {
    const chosen = where(greater(x, y), mul(x, x), y)
    expect(gradientsAt(chosen, [x, y], { x: 3, y: 1 })).toEqual([6, 0])
    expect(gradientsAt(chosen, [x, y], { x: 1, y: 3 })).toEqual([0, 1])
  })

  it('refuses a parameter that the loss does not use', () => {
    expect(() => differentiate(mul(x, x), [x, y], scalar(1))).toThrow(
      expect.objectContaining({
        code: 'INTERNAL',
        message: 'The loss does not depend on one of the parameters.',
      }),
    )
  })

  it('refuses to go through an operator without a gradient', () => {
    const z = input('z', [3])
    const loss = reduceSum(cast(greater(z, scalar(0)), 'float32'), [0])
    expect(() => differentiate(loss, [z], scalar(1))).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    )
  })
})

describe('topologicalOrder', () => {
  it('lists inputs before users, each node once', () => {
    const loss = mul(add(x, y), add(x, exp(x)))
    const order = topologicalOrder([loss, x])
    expect(new Set(order).size).toBe(order.length)
    for (const [i, { inputs }] of order.entries()) {
      for (const { node } of inputs) expect(order.indexOf(node)).toBeLessThan(i)
    }
    expect(order.map(({ op }) => op)).toEqual(['input', 'input', 'add', 'exp', 'add', 'mul'])
  })

  it('walks graphs deeper than the call stack', () => {
    let value = x
    for (let i = 0; i < 50_000; i++) value = add(value, y)
    expect(topologicalOrder([value]).length).toBe(50_002)
  })
})
