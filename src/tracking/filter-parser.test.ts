import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AtelierError } from '../core/index.ts'
import { parseFilter } from './filter-parser.ts'
import type { Filter } from './run-store.ts'

const compare = (key: string, operator: string, value: unknown) =>
  ({ kind: 'compare', key, operator, value }) as Filter

function messageOf(text: string): string {
  try {
    parseFilter(text)
  } catch (error) {
    expect(error).toBeInstanceOf(AtelierError)
    expect((error as AtelierError).code).toBe('FILTER_INVALID')
    return (error as AtelierError).message
  }
  throw new Error(`'${text}' was parsed`)
}

describe('parseFilter', () => {
  it('reads comparisons joined by and', () => {
    expect(parseFilter('val.acc > 0.92 and model.type = "cnn"')).toEqual({
      kind: 'and',
      parts: [compare('val.acc', '>', 0.92), compare('model.type', '=', 'cnn')],
    })
  })

  it('binds not closer than and, and closer than or', () => {
    expect(parseFilter('a=1 or not b=2 and c=3')).toEqual({
      kind: 'or',
      parts: [
        compare('a', '=', 1),
        { kind: 'and', parts: [{ kind: 'not', part: compare('b', '=', 2) }, compare('c', '=', 3)] },
      ],
    })
    expect(parseFilter('(a=1 OR b=2) AND c=3')).toEqual({
      kind: 'and',
      parts: [
        { kind: 'or', parts: [compare('a', '=', 1), compare('b', '=', 2)] },
        compare('c', '=', 3),
      ],
    })
  })

  it.each([
    ['a == 1', compare('a', '=', 1)],
    ['a != -1.5e-3', compare('a', '!=', -0.0015)],
    ['a<=.5', compare('a', '<=', 0.5)],
    ['a>=1_000', compare('a', '>=', 1000)],
    ['a ~ cnn', compare('a', '~', 'cnn')],
    ['a !~ 5e10', compare('a', '!~', '5e10')],
    ['a = true', compare('a', '=', true)],
    ['a = "true"', compare('a', '=', 'true')],
    ['a != null', compare('a', '!=', null)],
    ['a = none', compare('a', '=', 'none')],
    ['a = 1.2.3', compare('a', '=', '1.2.3')],
    ['val/acc > 0', compare('val/acc', '>', 0)],
    [`"odd key (1)" = 'it'`, compare('odd key (1)', '=', 'it')],
    [`a = "say \\"so\\" \\\\ é😀"`, compare('a', '=', 'say "so" \\ é😀')],
    ['tag = 42', compare('tag', '=', '42')],
    ['tag = not', compare('tag', '=', 'not')],
    ['created >= 2026', compare('created', '>=', '2026')],
    ['created < 2026-11-23T05:00:00.000Z', compare('created', '<', '2026-11-23T05:00:00.000Z')],
    ['git.commit = 1234567', compare('git.commit', '=', '1234567')],
  ])('reads %s', (text, filter) => {
    expect(parseFilter(text)).toEqual(filter)
  })

  it('fits everything when it is empty', () => {
    expect(parseFilter(' \n')).toEqual({ kind: 'and', parts: [] })
  })

  it.each([
    ['a = ', 5, 'expected a value, got the end'],
    ['a 5', 3, 'expected one of = != < <= > >= ~ !~'],
    ['a => 5', 3, '(write >=)'],
    ['a = 1 b = 2', 7, 'expected "and", "or" or the end, got \'b\''],
    ['(a = 1', 7, 'expected "and", "or" or ")"'],
    ['a = 1 and or b = 2', 11, 'expected a key, "not" or "("'],
    ['0.9 < val.acc', 1, 'expected a key'],
    ['a = "open', 5, 'the quote " is not closed'],
    ['a = 1)', 6, 'expected "and", "or" or the end'],
  ])('says where %s is wrong', (text, position, problem) => {
    const [first, filter, caret] = messageOf(text).split('\n')
    expect(first).toContain(`at position ${position}: `)
    expect(first).toContain(problem)
    expect(filter).toBe(`  ${text}`)
    expect(caret).toBe(`${' '.repeat(position + 1)}^`)
  })

  it('puts the mark under the place after characters of two units', () => {
    expect(messageOf('a = 😀 b').split('\n')[2]).toBe(`${' '.repeat(8)}^`)
  })

  it('bounds depth and length', () => {
    expect(messageOf(`${'('.repeat(5000)}a=1${')'.repeat(5000)}`)).toContain('at most 100 levels')
    expect(messageOf(`${'not '.repeat(5000)}a=1`)).toContain('at most 100 levels')
    expect(messageOf(Array(300).fill('a=1').join(' or '))).toContain('at most 200 comparisons')
  })

  it('gives a filter or FILTER_INVALID for any text', () => {
    const piece = fc.constantFrom('a', '=', '(', ')', 'and', 'not', '"x"', "'", '!', '~', ' ', '1')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join(' ')),
        ),
        (text) => {
          try {
            expect(['and', 'or', 'not', 'compare']).toContain(parseFilter(text).kind)
          } catch (error) {
            expect((error as AtelierError).code).toBe('FILTER_INVALID')
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
