import { describe, expect, it } from 'vitest'
import { summarize } from './announce.ts'

describe('summarize', () => {
  it('names a few, and counts many', () => {
    expect(summarize(['a: Coat, 72.0 %', 'b: Bag, 99.0 %'])).toBe('a: Coat, 72.0 %. b: Bag, 99.0 %')
    expect(summarize(['a', 'b', 'c', 'd'])).toBe('4 pictures have been answered')
  })
})
