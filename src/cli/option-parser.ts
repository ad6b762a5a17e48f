import {
  Command as CommanderCommand,
  CommanderError,
  InvalidArgumentError,
  Option,
} from 'commander'
import { AtelierError } from '../core/index.ts'
import type { Command, CommandEntry, OptionSpec, OptionSpecs } from './command.ts'
import { commandHelp, optionFlags } from './command-help.ts'
import { configOptions, longConfigOptions } from './config-options.ts'

type OptionGiven = string | number | boolean | readonly string[]

export interface ParsedOptions {
  readonly options: Readonly<Record<string, OptionGiven | undefined>>
  readonly words: readonly string[]
  readonly json: boolean
  /** Set when help was asked for: print it and stop. */
  readonly help: string | undefined
}

/** Reads the words after a command's name. Unknown options are refused, the nearest one named. */
export function parseOptions(
  entry: CommandEntry,
  command: Command,
  argv: readonly string[],
): ParsedOptions {
  const parser = buildParser(entry, command)
  try {
    const words = command.overrides ? longConfigOptions(argv) : [...argv]
    parser.parse(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code !== 'commander.helpDisplayed') throw usageError(error, entry)
    return { options: {}, words: [], json: false, help: commandHelp(entry, command) }
  }
  const { json, ...given } = parser.opts<Record<string, OptionGiven>>()
  const unset = Object.fromEntries(
    Object.entries(command.options)
      .filter(([, { type }]) => type === 'boolean' || type === 'list')
      .map(([key, { type }]) => [key, type === 'list' ? [] : false]),
  )
  return {
    options: { ...unset, ...given },
    words: parser.args,
    json: json === true,
    help: undefined,
  }
}

function buildParser(entry: CommandEntry, command: Command): CommanderCommand {
  const parser = new CommanderCommand(entry.name)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .allowExcessArguments(true)
    .option('--json')
    .passThroughOptions(command.ownWords === true)
  const shared: OptionSpecs = command.overrides ? configOptions : {}
  for (const [key, spec] of Object.entries({ ...command.options, ...shared })) {
    parser.addOption(commanderOption(key, spec))
  }
  return parser
}

function commanderOption(key: string, spec: OptionSpec): Option {
  const option = new Option(optionFlags(key, spec), spec.description)
  // `--no-reuse` is a flag of that name, not the opposite of `--reuse`
  option.negate = false
  if (spec.type === 'list') {
    option.argParser((text: string, before: readonly string[] = []) => [...before, text])
  }
  if (spec.choices !== undefined) option.choices(spec.choices)
  if (spec.type === 'integer' || spec.type === 'number') {
    option.argParser((text: string) => parseNumber(text, spec.type === 'integer'))
  }
  return spec.default === undefined ? option : option.default(spec.default)
}

function parseNumber(text: string, integer: boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (integer ? Number.isSafeInteger(value) : Number.isFinite(value)) return value
  throw new InvalidArgumentError(integer ? 'A whole number is wanted.' : 'A number is wanted.')
}

/** Commander's sentence without its `error: `, its suggestion as our hint. */
function usageError(error: CommanderError, entry: CommandEntry): AtelierError {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const sentence = message.charAt(0).toUpperCase() + message.slice(1)
  return new AtelierError('USAGE', sentence.endsWith('.') ? sentence : `${sentence}.`, {
    hint:
      suggestion?.replace(/^\((.*)\)$/, '$1') ??
      `See 'atelier ${entry.name} --help' for what it takes.`,
  })
}
