import { describe, expect, it } from 'vitest'
import { readRetryAfter } from './retry-after.ts'

describe('readRetryAfter', () => {
  const now = Date.UTC(2026, 0, 1)

  it('reads seconds and dates', () => {
    expect(readRetryAfter('3', now)).toBe(3)
    expect(readRetryAfter(' 0 ', now)).toBe(0)
    expect(readRetryAfter('Thu, 01 Jan 2026 00:01:30 GMT', now)).toBe(90)
    expect(readRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0)
  })

  it('knows nothing without one', () => {
    expect(readRetryAfter(null, now)).toBeUndefined()
    expect(readRetryAfter('soon', now)).toBeUndefined()
  })
})
