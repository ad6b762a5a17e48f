import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { tensor } from '../tensor/index.ts'
import { sumByOperator } from './profile.ts'
import { scoreLogits } from './validation.ts'
import { allFinite, weightDigest } from './weights.ts'

const floats = (...values: number[]) =>
  tensor('float32', [values.length], Float32Array.from(values))

describe('weightDigest', () => {
  const [a, b] = [floats(1, 2), floats(3)]

  it('is the SHA-256 of names, shapes and bytes, in the order of the names', () => {
    const hash = createHash('sha256')
    hash.update('a [2]\n').update(new Uint8Array(Float32Array.of(1, 2).buffer))
    hash.update('b [1]\n').update(new Uint8Array(Float32Array.of(3).buffer))
    const wanted = hash.digest('hex')
    expect(
      weightDigest(
        new Map([
          ['b', b],
          ['a', a],
        ]),
      ),
    ).toBe(wanted)
  })

  it('changes with a name, a shape or a bit', () => {
    const reshaped = tensor('float32', [2, 1], a.data)
    const digests = [
      weightDigest(new Map([['a', a]])),
      weightDigest(new Map([['b', a]])),
      weightDigest(new Map([['a', reshaped]])),
      weightDigest(new Map([['a', floats(1, 2 + 2 ** -22)]])),
    ]
    expect(new Set(digests).size).toBe(4)
  })
})

describe('allFinite', () => {
  it.each([Number.NaN, Infinity, -Infinity])('finds %s anywhere', (value) => {
    expect(
      allFinite(
        new Map([
          ['a', floats(1, 2)],
          ['b', floats(3e38, -3e38)],
        ]),
      ),
    ).toBe(true)
    expect(
      allFinite(
        new Map([
          ['a', floats(1, 2)],
          ['b', floats(3, value)],
        ]),
      ),
    ).toBe(false)
  })
})

describe('scoreLogits', () => {
  it('gives mean cross-entropy and accuracy, for large logits too', () => {
    const { loss, accuracy } = scoreLogits(Float32Array.of(1000, 0, 0, 0), Int32Array.of(0, 1))
    // log(1 + e^-1000) = 0 and log 2; of equal logits the first counts
    expect(loss).toBeCloseTo(Math.log(2) / 2, 12)
    expect(accuracy).toBe(0.5)
  })
})

describe('sumByOperator', () => {
  it('adds the kernel times of each operator and nothing else', () => {
    const kernel = (operator: string, dur: number) => ({
      cat: 'Node',
      name: 'node_kernel_time',
      dur,
      args: { op_name: operator },
    })
    const events = [
      { cat: 'Session', name: 'model_run', dur: 9000 },
      { ...kernel('Conv', 5000), name: 'node_fence_before' },
      kernel('Add', 1000),
      kernel('Conv', 2000),
      kernel('Conv', 1000),
    ]
    expect(sumByOperator(events)).toEqual([
      { operator: 'Conv', calls: 2, milliseconds: 3, share: 0.75 },
      { operator: 'Add', calls: 1, milliseconds: 1, share: 0.25 },
    ])
  })
})
