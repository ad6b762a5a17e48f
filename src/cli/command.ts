import type { CommandContext } from './context.ts'

export interface ArgumentSpec {
  readonly description: string
  readonly required?: boolean
  /** Takes all that follow; only the last argument may. */
  readonly variadic?: boolean
}

export interface OptionSpec {
  /** A `list` may be given several times. */
  readonly type: 'boolean' | 'string' | 'list' | 'integer' | 'number'
  readonly description: string
  /** One letter: `o` for `-o`. */
  readonly short?: string
  /** What stands for the value in the help: `DIR`. */
  readonly placeholder?: string
  readonly choices?: readonly string[]
  readonly default?: string | number
}

export type ArgumentSpecs = Readonly<Record<string, ArgumentSpec>>
export type OptionSpecs = Readonly<Record<string, OptionSpec>>

type ArgumentValue<S extends ArgumentSpec> = S extends { variadic: true }
  ? readonly string[]
  : S extends { required: true }
    ? string
    : string | undefined

type GivenValue<S extends OptionSpec> = S['type'] extends 'string' ? string : number
type OptionValue<S extends OptionSpec> = S extends { type: 'boolean' }
  ? boolean
  : S extends { type: 'list' }
    ? readonly string[]
    : S extends { default: string | number }
      ? GivenValue<S>
      : GivenValue<S> | undefined

export interface CommandInput<A extends ArgumentSpecs, O extends OptionSpecs> {
  readonly arguments: { readonly [K in keyof A]: ArgumentValue<A[K]> }
  readonly options: { readonly [K in keyof O]: OptionValue<O[K]> }
  /** `key=value`, `+key=value`, `~key` …, as typed; empty unless the command takes overrides. */
  readonly overrides: readonly string[]
}

export interface CommandExample {
  readonly command: string
  readonly does: string
}

export interface Command<
  A extends ArgumentSpecs = ArgumentSpecs,
  O extends OptionSpecs = OptionSpecs,
> {
  /** Keys are the names shown in the help; their order is the order on the command line. */
  readonly arguments: A
  /** Keys in camel case: `splitSeed` is `--split-seed`. */
  readonly options: O
  /** Whether `key=value` words are configuration overrides. */
  readonly overrides: boolean
  /** Options stand before the first word; what follows is taken as it is. */
  readonly ownWords?: boolean
  readonly examples: readonly CommandExample[]
  run(context: CommandContext, input: CommandInput<A, O>): Promise<void>
}

/** A row of the command table. The module is imported only when its command is called. */
export interface CommandEntry {
  /** One or two words: `train`, `data prepare`. */
  readonly name: string
  readonly summary: string
  load(): Promise<Command>
}

/** Gives a command its types: `input` follows from `arguments` and `options`. */
export function defineCommand<const A extends ArgumentSpecs, const O extends OptionSpecs>(
  command: Command<A, O>,
): Command<A, O> {
  return command
}
