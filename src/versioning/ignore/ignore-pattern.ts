/** One line of a `.gitignore` or `.dvcignore`. */
export interface IgnorePattern {
  /** `!pattern`: takes back what an earlier line ignores. */
  readonly negated: boolean
  readonly onlyFolders: boolean
  /** `path` is relative to the folder of the file, parts separated by `/`. */
  matches(path: string): boolean
}

/** Reads a line; undefined for blank lines and comments. */
export function parseIgnorePattern(line: string): IgnorePattern | undefined {
  let text = line.replace(/(?<!\\)\s+$/, '')
  if (text === '' || text.startsWith('#')) return undefined
  const negated = text.startsWith('!')
  if (negated) text = text.slice(1)
  const onlyFolders = text.endsWith('/')
  if (onlyFolders) text = text.slice(0, -1)
  if (text === '' || text === '/') return undefined
  const anchored = text.includes('/')
  if (text.startsWith('/')) text = text.slice(1)
  if (!anchored && !/[*?[\\]/.test(text)) {
    const ending = `/${text}`
    return { negated, onlyFolders, matches: (path) => path === text || path.endsWith(ending) }
  }
  const regex = new RegExp(`^${anchored ? '' : '(?:.*/)?'}${translate(text)}$`, 's')
  return { negated, onlyFolders, matches: (path) => regex.test(path) }
}

export function parseIgnoreFile(text: string): IgnorePattern[] {
  return text
    .split(/\r?\n/)
    .map(parseIgnorePattern)
    .filter((pattern) => pattern !== undefined)
}

/** A name as a pattern that matches it alone. */
export function escapePattern(text: string): string {
  return text.replace(/[[\]!*#?]/g, '\\$&')
}

/** `**` spans folders, `*` and `?` do not. */
function translate(text: string): string {
  let out = ''
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at)
    const bracket = /^\[([!^]?)(\]?[^\]]*)\]/.exec(rest)
    if (rest.startsWith('**/') && (at === 0 || text[at - 1] === '/')) {
      out += '(?:.*/)?'
      at += 3
    } else if (rest === '**' && (at === 0 || text[at - 1] === '/')) {
      out += '.+'
      at += 2
    } else if (rest[0] === '*') {
      out += '[^/]*'
      at += /^\*+/.exec(rest)![0].length
    } else if (rest[0] === '?') {
      out += '[^/]'
      at += 1
    } else if (bracket !== null) {
      out += `(?!/)[${bracket[1] === '' ? '' : '^'}${bracket[2]!.replace(/[\\[\]]/g, '\\$&')}]`
      at += bracket[0].length
    } else if (rest[0] === '\\' && rest.length > 1) {
      out += escapeRegex(rest[1]!)
      at += 2
    } else {
      out += escapeRegex(rest[0]!)
      at += 1
    }
  }
  return out
}

function escapeRegex(letter: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(letter) ? `\\${letter}` : letter
}
