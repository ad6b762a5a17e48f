import { describe, expect, it } from 'vitest'
import { epochOrder, fillBatch } from './batches.ts'

const split = {
  images: Uint8Array.from({ length: 40 }, (_, i) => i),
  labels: Int32Array.from({ length: 10 }, (_, i) => 100 + i),
  size: 10,
}

describe('epochOrder', () => {
  it('is a permutation that changes with seed and epoch only', () => {
    const order = epochOrder(42, 3, 1000)
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(epochOrder(42, 3, 1000)).toEqual(order)
    expect(epochOrder(42, 4, 1000)).not.toEqual(order)
    expect(epochOrder(43, 3, 1000)).not.toEqual(order)
  })
})

describe('fillBatch', () => {
  it('copies the images and labels that the order names', () => {
    const target = new Uint8Array(8)
    const labels = new Int32Array(2)
    expect(fillBatch(target, labels, split, Int32Array.of(5, 1, 7, 0), 1)).toBe(2)
    expect([...target]).toEqual([4, 5, 6, 7, 28, 29, 30, 31])
    expect([...labels]).toEqual([101, 107])
  })

  it('fills less at the end of the order', () => {
    const target = new Uint8Array(16)
    expect(fillBatch(target, new Int32Array(4), split, Int32Array.of(9, 8, 7, 6, 5), 4)).toBe(1)
    expect([...target.subarray(0, 5)]).toEqual([20, 21, 22, 23, 0])
  })
})
