import { describe, expect, it } from 'vitest'
import { timeOfId, timeOrderedId } from './time-ordered-id.ts'

describe('timeOrderedId', () => {
  const now = Date.UTC(2026, 10, 25, 13, 37, 1, 123)

  it('is a UUID of version 7 that holds its time', () => {
    const id = timeOrderedId(now)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(timeOfId(id)).toBe(now)
  })

  it('sorts by time and never repeats', () => {
    const ids = Array.from({ length: 500 }, (_, i) => timeOrderedId(now + i))
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(Array.from({ length: 500 }, () => timeOrderedId(now))).size).toBe(500)
  })

  it('tells no time of other text', () => {
    expect(timeOfId('d3b07384-d9a0-4c9b-8f3e-1c7a2b9e0f11')).toBeUndefined()
    expect(timeOfId('')).toBeUndefined()
  })
})
