/** Words as a line that a POSIX shell reads back as the same words. */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

const quoted = (word: string) =>
  /^[\w@%+=:,./~-]+$/.test(word) && !word.startsWith('~')
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`
