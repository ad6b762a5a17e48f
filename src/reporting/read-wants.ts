import type { Limits } from './limits.ts'

export interface WordLimits extends Limits {
  /** Times the number of members of the group. */
  readonly perMember: boolean
}

/** What the text of a question asks of its answer. */
export interface Wanted {
  /** The answer keeps one of them; none: any length. */
  readonly words: readonly WordLimits[]
  readonly images: Limits | null
  readonly link: boolean
  /** The form of the whole answer. */
  readonly form: 'number' | 'study-numbers' | null
  /** A number is asked for among other things: "how many …", "in percentage". */
  readonly quantity: boolean
}

const NUMBER_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']
const COUNT = `\\d+|${NUMBER_WORDS.join('|')}`
const RANGE = `(${COUNT})(?:\\s*(?:-|–|—|\\bto\\b|\\band\\b|\\bor\\b)\\s*(${COUNT}))?`
const QUALIFIERS =
  'at least|a minimum of|minimum|min\\.?|no less than|more than|at most|a maximum of|maximum|max\\.?|up to|no more than|less than|fewer than|under|exactly|between'
const PICTURES = 'images?|figures?|screenshots?|pictures?|photos?|plots?|diagrams?'
const MEMBER = '(?:per|for each|for every)\\s+(?:group |team )?(?:member|student|person)'
/** Where an order begins. "Feel free to insert …" and "this may include …" are none. */
const ORDER = '(?:^|[.!?:;]\\s+|\\b(?:and|then|also|please|additionally,)\\s+)'
const GIVE = '(?:upload|insert|include|add|attach|provide|give|show)'

/** Reads the limits as they stand in a question, whatever its number. `prompt` is without the example. */
export function readWants(prompt: string): Wanted {
  return {
    words: wordLimits(prompt),
    images: imageLimits(prompt),
    link: new RegExp(`${ORDER}${GIVE}\\s+(?:a |an |the |your )?(?:links?|urls?)\\b`, 'i').test(
      prompt,
    ),
    form: formOf(prompt),
    quantity: /\bhow (?:many|much)\b|\bin (?:percentage|percent|%)/i.test(prompt),
  }
}

function wordLimits(prompt: string): WordLimits[] {
  const pattern = new RegExp(
    `(?:\\b(${QUALIFIERS})\\s+)?\\b${RANGE}\\s*words?\\b(\\s+${MEMBER})?`,
    'gi',
  )
  return [...prompt.matchAll(pattern)].map(([, qualifier, low, high, member]) => ({
    ...limitsOf(qualifier, low!, high, 'at most'),
    perMember: member !== undefined,
  }))
}

function imageLimits(prompt: string): Limits | null {
  const counted = new RegExp(
    `(?:\\b(${QUALIFIERS})\\s+)?\\b${RANGE}\\s+(?:[\\w-]+\\s+)?(?:${PICTURES})\\b`,
    'i',
  ).exec(prompt)
  if (counted !== null) return limitsOf(counted[1], counted[2]!, counted[3], 'exactly')
  const ordered = new RegExp(
    `${ORDER}${GIVE}\\s+(?:us\\s+)?(an? |the |your |some )?(?:[\\w-]+\\s+){0,3}?(${PICTURES})\\b`,
    'i',
  ).exec(prompt)
  if (ordered === null) return null
  const isOne = /^an? $/i.test(ordered[1] ?? '') && !ordered[2]!.endsWith('s')
  return { min: 1, max: isOne ? 1 : null }
}

/** `bare`: what a number without a word before it means. */
function limitsOf(
  qualifier: string | undefined,
  low: string,
  high: string | undefined,
  bare: string,
): Limits {
  const first = numberOf(low)
  if (high !== undefined) {
    const second = numberOf(high)
    return { min: Math.min(first, second), max: Math.max(first, second) }
  }
  const word = (qualifier ?? bare).toLowerCase()
  if (word === 'more than') return { min: first + 1, max: null }
  if (/less than|fewer|under/.test(word) && !word.startsWith('no')) {
    return { min: 0, max: first - 1 }
  }
  if (/least|min|no less/.test(word)) return { min: first, max: null }
  return { min: word === 'exactly' ? first : 0, max: first }
}

function numberOf(text: string): number {
  const at = NUMBER_WORDS.indexOf(text.toLowerCase())
  return at === -1 ? Number(text) : at
}

function formOf(prompt: string): Wanted['form'] {
  const order = '\\b(?:enter|state|give|write|fill in|provide)\\b[^.?!]*?'
  if (new RegExp(`${order}\\b(?:study|student) (?:numbers?|ids?)\\b`, 'i').test(prompt)) {
    return 'study-numbers'
  }
  return new RegExp(`${order}(?<!\\ba )\\bnumber\\b`, 'i').test(prompt) ? 'number' : null
}
