import type { MarkedToken, Token } from 'marked'

/** An image as Markdown or a tag of raw HTML names it. */
export interface ImageToken {
  /** As it stands in the text. */
  readonly raw: string
  readonly alt: string
  /** Path or address. */
  readonly target: string
}

/** Every token with those inside it, in the order of the text. */
export function* everyToken(tokens: readonly Token[]): Generator<MarkedToken> {
  for (const one of tokens) {
    const token = one as MarkedToken
    yield token
    if (token.type === 'table') {
      for (const cell of [token.header, ...token.rows].flat()) yield* everyToken(cell.tokens)
    } else if (token.type === 'list') yield* everyToken(token.items)
    else if ('tokens' in token && token.tokens !== undefined) yield* everyToken(token.tokens)
  }
}

export function imagesOf(token: MarkedToken): ImageToken[] {
  if (token.type === 'image') return [{ raw: token.raw, alt: token.text, target: token.href }]
  if (token.type !== 'html') return []
  return [...token.raw.matchAll(/<img\b[^>]*>/gi)].map(([raw]) => ({
    ...{ raw, alt: attributeOf(raw, 'alt'), target: attributeOf(raw, 'src') },
  }))
}

/** An attribute of a tag of raw HTML; empty where it has none. */
export function attributeOf(tag: string, name: string): string {
  const [, double, single, bare] =
    new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag) ?? []
  return double ?? single ?? bare ?? ''
}
