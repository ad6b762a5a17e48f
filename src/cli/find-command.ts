import { AtelierError, nearestName } from '../core/index.ts'
import type { CommandEntry } from './command.ts'

export type Target =
  | { readonly kind: 'command'; readonly entry: CommandEntry; readonly rest: readonly string[] }
  /** Help of the program (prefix '') or of a group of commands. */
  | { readonly kind: 'overview'; readonly prefix: string }
  | { readonly kind: 'version' }

/** Which command the words of the command line name; `help x` is `x --help`. */
export function findCommand(entries: readonly CommandEntry[], argv: readonly string[]): Target {
  const words = argv.filter((word) => !word.startsWith('-'))
  if (words[0] === 'help') return findCommand(entries, [...dropFirst(argv, ['help']), '--help'])
  if (words.length === 0) return withoutCommand(argv)
  const entry = entries.find(({ name }) => name.split(' ').every((part, i) => words[i] === part))
  if (entry !== undefined)
    return { kind: 'command', entry, rest: dropFirst(argv, entry.name.split(' ')) }
  const group = entries.some(({ name }) => name.startsWith(`${words[0]} `)) ? words[0]! : ''
  if (group !== '' && words.length === 1 && asksForHelp(argv))
    return { kind: 'overview', prefix: group }
  throw unknownCommand(entries, group, words)
}

function withoutCommand(argv: readonly string[]): Target {
  if (argv.includes('--version') || argv.includes('-V')) return { kind: 'version' }
  const stray = argv.find((word) => !['-h', '--help', '--json'].includes(word))
  if (stray === undefined) return { kind: 'overview', prefix: '' }
  throw new AtelierError('USAGE', `Unknown option '${stray}'.`, {
    hint: "See 'atelier --help' for what there is.",
  })
}

const asksForHelp = (argv: readonly string[]) => argv.includes('--help') || argv.includes('-h')

/** `argv` without the first occurrence of each of `words`, which stand there in this order. */
function dropFirst(argv: readonly string[], words: readonly string[]): string[] {
  const pending = [...words]
  return argv.filter((word) => {
    if (word !== pending[0]) return true
    pending.shift()
    return false
  })
}

function unknownCommand(
  entries: readonly CommandEntry[],
  group: string,
  words: readonly string[],
): AtelierError {
  const names = entries.map(({ name }) => name)
  const members = names.filter((name) => name.startsWith(`${group} `))
  if (group !== '' && words.length === 1) {
    return new AtelierError('USAGE', `'atelier ${group}' needs a command.`, {
      hint: `One of: ${members.map((name) => `atelier ${name}`).join(', ')}.`,
    })
  }
  const typed = group === '' ? words[0]! : words.slice(0, 2).join(' ')
  const nearest = nearestName(typed, group === '' ? names : members)
  return new AtelierError('USAGE', `Unknown command '${typed}'.`, {
    hint: nearest
      ? `Did you mean 'atelier ${nearest}'?`
      : "See 'atelier --help' for the list of commands.",
  })
}
