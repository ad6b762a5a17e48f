import { SHORT_TEXT } from './tables.ts'

/** A text that both databases give back as it was: NUL and halves of a character become U+FFFD. */
export function storable(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\u{fffd}')
}

/** The part of a text that is indexed. */
export function shortText(text: string): string {
  return storable(text.slice(0, SHORT_TEXT))
}
