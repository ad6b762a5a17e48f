import { describe, expect, it } from 'vitest'
import { toRgba } from './pixels.ts'

const base64 = (...bytes: number[]) => btoa(String.fromCharCode(...bytes))

describe('toRgba', () => {
  it('makes grey of one plane', () => {
    const input = { width: 2, height: 1, channels: 1, data: base64(0, 200) } as const
    expect([...toRgba(input)]).toEqual([0, 0, 0, 255, 200, 200, 200, 255])
  })

  it('puts three planes together', () => {
    const input = { width: 2, height: 1, channels: 3, data: base64(1, 2, 3, 4, 5, 6) } as const
    expect([...toRgba(input)]).toEqual([1, 3, 5, 255, 2, 4, 6, 255])
  })
})
