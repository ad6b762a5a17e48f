import { describe, expect, it } from 'vitest'
import {
  joinNames,
  readCompareSearch,
  readRunSearch,
  readRunsSearch,
  splitNames,
} from './search.ts'

describe('the address', () => {
  it('keeps what makes sense and drops the rest', () => {
    expect(readRunsSearch({ q: 'seed = 1', sort: '-val.loss', other: 1, sel: '' })).toEqual({
      q: 'seed = 1',
      sort: '-val.loss',
    })
    expect(readRunSearch({ tab: 'nowhere', smooth: '2', x: 'time', log: 'true' })).toEqual({
      x: 'time',
      log: true,
    })
    expect(readRunSearch({ tab: 'curves' })).toEqual({})
    expect(readCompareSearch({ ids: 'a,b', all: '1', smooth: 0.5 })).toEqual({
      ids: 'a,b',
      all: true,
      smooth: 0.5,
    })
  })

  it('takes a number for the text it was', () => {
    expect(readRunsSearch({ q: 7 })).toEqual({ q: '7' })
  })

  it('tells an empty list from none', () => {
    expect(splitNames(undefined)).toEqual([])
    expect(splitNames(joinNames([]))).toEqual([])
    expect(joinNames([])).not.toBe('')
    expect(splitNames('a,b,a,')).toEqual(['a', 'b'])
  })
})
