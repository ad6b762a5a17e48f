import { describe, expect, it } from 'vitest'
import { formatCsv } from './csv.ts'

describe('formatCsv', () => {
  it('quotes what would break a line, and leaves numbers bare', () => {
    expect(
      formatCsv(
        ['a', 'b,c'],
        [
          [-1.5, 'x"y'],
          [null, 'two\nlines'],
          [true, undefined],
        ],
      ),
    ).toBe('a,"b,c"\n-1.5,"x""y"\n,"two\nlines"\ntrue,')
  })

  it('hands a spreadsheet no formula', () => {
    expect(formatCsv(['note'], [['=SUM(A1)'], ['-x']])).toBe("note\n'=SUM(A1)\n'-x")
  })
})
