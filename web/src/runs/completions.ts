const MOST = 12
const WORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'true', 'false', 'null', 'in'])

export interface Completions {
  readonly keys: readonly string[]
  /** The whole text with the key in the place of the word. */
  apply(key: string): string
}

/** Keys that the word before the cursor may become; null where no key is being typed. */
export function completionsAt(
  text: string,
  cursor: number,
  keys: readonly string[],
): Completions | null {
  const before = text.slice(0, cursor)
  // inside quotes a value is typed, not a key; so is the word after an operator
  if ((before.match(/["']/g)?.length ?? 0) % 2 === 1) return null
  const word = /[\w./-]*$/.exec(before)![0]
  const start = cursor - word.length
  if (word === '' || WORDS.has(word) || /[=<>~]\s*$/.test(before.slice(0, start))) return null
  const small = word.toLowerCase()
  const fitting = [...new Set(keys)].filter((key) => key.toLowerCase().includes(small))
  if (fitting.length === 0 || fitting.includes(word)) return null
  const byStart = (key: string) => (key.toLowerCase().startsWith(small) ? 0 : 1)
  return {
    keys: fitting.sort((a, b) => byStart(a) - byStart(b)).slice(0, MOST),
    apply: (key) => `${text.slice(0, start)}${key} ${text.slice(cursor).trimStart()}`,
  }
}
