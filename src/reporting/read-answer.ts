import { Marked } from 'marked'
import { everyToken, imagesOf } from './read-tokens.ts'

/** An image that an answer names. */
export interface NamedImage {
  readonly alt: string
  /** Path or address as written. */
  readonly target: string
  /** Its line, counted from 0 at the answer's first. */
  readonly offset: number
}

/** What there is in an answer. */
export interface ReadAnswer {
  /** Pieces between white space; images, comments and the `>` of quotes left out. */
  readonly words: number
  /** As the course's script counts: images, too, and whatever else stands there. */
  readonly rawWords: number
  readonly images: readonly NamedImage[]
  readonly links: number
  /** The template's own line, still there. */
  readonly hasPlaceholder: boolean
  /** What remains without placeholder, comments and images. */
  readonly text: string
}

const PLACEHOLDER = /`*-{2,}\s*question\s+\d+\s+fill\s+here\s*-{2,}`*/gi
const COMMENT = /<!--[\s\S]*?(?:-->|$)/g

const markdown = new Marked()

export function readAnswer(answer: string): ReadAnswer {
  const visible = answer.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ' '))
  const images: NamedImage[] = []
  let links = 0
  let text = visible.replace(PLACEHOLDER, ' ')
  for (const token of everyToken(markdown.lexer(visible))) {
    if (token.type === 'link') links++
    for (const { raw, alt, target } of imagesOf(token)) {
      const before = visible.slice(0, Math.max(0, visible.indexOf(raw)))
      images.push({ alt, target, offset: before.split('\n').length - 1 })
      text = text.replace(raw, ' ')
    }
  }
  return {
    words: wordsOf(text.replace(/^\s*(?:>\s*)+/gm, ' ')),
    rawWords: wordsOf(answer),
    images,
    links,
    hasPlaceholder: visible.search(PLACEHOLDER) !== -1,
    text: text.trim(),
  }
}

const wordsOf = (text: string) => text.split(/\s+/).filter((piece) => piece !== '').length
