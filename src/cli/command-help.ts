import type { ArgumentSpec, Command, CommandEntry, OptionSpec, OptionSpecs } from './command.ts'
import { configOptions } from './config-options.ts'

/** A name or a line, and what it means. */
export type Row = readonly [string, string]

export const GLOBAL_OPTIONS: readonly Row[] = [
  ['--json', 'Print the result as JSON on stdout; progress and errors stay on stderr.'],
  ['-h, --help', 'Show help.'],
]

/** The help of one command: usage, arguments, options, examples. */
export function commandHelp(entry: CommandEntry, command: Command): string {
  return [
    `Usage: ${commandUsage(entry, command)}\n\n${entry.summary}\n`,
    section('Arguments', argumentRows(command)),
    section('Options', [...optionRows(command.options), ...GLOBAL_OPTIONS]),
    ...(command.overrides ? [section('Configuration', optionRows(configOptions))] : []),
    section(
      'Examples',
      command.examples.map(({ command: line, does }): Row => [line, does]),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** `atelier predict [options] IMAGES… [KEY=VALUE…]`. */
export function commandUsage(entry: CommandEntry, command: Command): string {
  const parameters = Object.entries(command.arguments).map(([name, spec]) =>
    argumentUsage(name, spec),
  )
  const overrides = command.overrides ? ['[KEY=VALUE…]'] : []
  return ['atelier', entry.name, '[options]', ...parameters, ...overrides].join(' ')
}

/** The help of the program, or of a group such as `data`. */
export function overviewHelp(
  title: string,
  prefix: string,
  entries: readonly CommandEntry[],
  examples: readonly Row[],
): string {
  const shown = entries.filter(({ name }) => prefix === '' || name.startsWith(`${prefix} `))
  const globals = prefix === '' ? [...GLOBAL_OPTIONS, VERSION_OPTION] : GLOBAL_OPTIONS
  return [
    `Usage: ${['atelier', prefix, '<command>'].filter(Boolean).join(' ')} [options]\n\n${title}\n`,
    section(
      'Commands',
      shown.map(({ name, summary }): Row => [name, summary]),
    ),
    section('Options', globals),
    section('Examples', examples),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

const VERSION_OPTION: Row = ['-V, --version', 'Print the version.']

/** `--split-seed` for `splitSeed`. */
function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** Commander's notation, which is also what the help shows: `-o, --out <DIR>`. */
export function optionFlags(key: string, spec: OptionSpec): string {
  const short = spec.short === undefined ? '' : `-${spec.short}, `
  const value = spec.type === 'boolean' ? '' : ` <${spec.placeholder ?? placeholderOf(spec)}>`
  return `${short}${flagOf(key)}${value}`
}

function placeholderOf(spec: OptionSpec): string {
  return spec.type === 'string' ? 'TEXT' : 'N'
}

/** Every option as it is written, and what it does. */
export function optionRows(options: OptionSpecs): Row[] {
  return Object.entries(options).map(optionRow)
}

function optionRow([key, spec]: [string, OptionSpec]): Row {
  const choices = spec.choices === undefined ? '' : ` One of: ${spec.choices.join(', ')}.`
  const fallback = spec.default === undefined ? '' : ` Default: ${spec.default}.`
  return [optionFlags(key, spec), `${spec.description}${choices}${fallback}`]
}

/** Every argument in capitals, overrides last, and what it is. */
export function argumentRows(command: Command): Row[] {
  const rows = Object.entries(command.arguments).map(
    ([name, spec]): Row => [name.toUpperCase(), spec.description],
  )
  if (!command.overrides) return rows
  const overrides = 'Configuration overrides; `atelier config --keys` lists the keys.'
  return [...rows, ['KEY=VALUE', overrides]]
}

function argumentUsage(name: string, spec: ArgumentSpec): string {
  const shown = `${name.toUpperCase()}${spec.variadic ? '…' : ''}`
  return spec.required ? shown : `[${shown}]`
}

function section(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return ''
  const width = Math.max(...rows.map(([left]) => left.length))
  // a long example gets a line of its own, with what it does below
  const wide = width > 44
  const lines = rows.map(([left, right]) =>
    wide ? `  ${left}\n      ${right}` : `  ${left.padEnd(width)}  ${right}`,
  )
  return `${title}:\n${lines.join('\n')}\n`
}
