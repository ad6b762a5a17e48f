import { AtelierError } from '../core/index.ts'

export interface FilterToken {
  readonly kind: 'word' | 'string' | 'operator' | '(' | ')' | 'end'
  /** As it is written; of a string, what stands between the quotes. */
  readonly text: string
  readonly offset: number
}

const RULES: readonly (readonly [FilterToken['kind'], RegExp])[] = [
  ['(', /\(/y],
  [')', /\)/y],
  ['operator', /[=!<>~]+/y],
  ['string', /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/sy],
  ['word', /[^\s()=!<>~"']+/y],
]
const BLANKS = /\s*/y

/** Cuts a filter into tokens, the last of which is `end`. Throws FILTER_INVALID where a quote is not closed. */
export function tokenizeFilter(filter: string): FilterToken[] {
  const tokens: FilterToken[] = []
  for (let offset = skipBlanks(filter, 0); offset < filter.length; ) {
    const { token, length } = nextToken(filter, offset)
    tokens.push(token)
    offset = skipBlanks(filter, offset + length)
  }
  return [...tokens, { kind: 'end', text: '', offset: filter.length }]
}

function nextToken(filter: string, offset: number) {
  for (const [kind, pattern] of RULES) {
    pattern.lastIndex = offset
    const match = pattern.exec(filter)?.[0]
    if (match === undefined) continue
    const text = kind === 'string' ? match.slice(1, -1).replace(/\\(.)/gs, '$1') : match
    return { token: { kind, text, offset }, length: match.length }
  }
  throw filterError(filter, offset, `the quote ${filter[offset]} is not closed`)
}

function skipBlanks(filter: string, offset: number): number {
  BLANKS.lastIndex = offset
  return offset + (BLANKS.exec(filter)?.[0].length ?? 0)
}

/** FILTER_INVALID with a line that marks the place; `offset` counts UTF-16 units from 0. */
export function filterError(filter: string, offset: number, problem: string): AtelierError {
  const oneLine = filter.replace(/\s/g, ' ')
  const before = [...oneLine.slice(0, offset)].length
  return new AtelierError(
    'FILTER_INVALID',
    `Filter, at position ${offset + 1}: ${problem}.\n  ${oneLine}\n  ${' '.repeat(before)}^`,
    {
      hint: 'Write, for example: val.accuracy > 0.92 and (model.type = "cnn" or not tag = old).',
      data: { filter, position: offset },
    },
  )
}
