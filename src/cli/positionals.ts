import { AtelierError } from '../core/index.ts'
import type { ArgumentSpecs, Command } from './command.ts'

interface Positionals {
  readonly arguments: Record<string, string | readonly string[] | undefined>
  readonly overrides: readonly string[]
}

/**
 * `seed=1`, `+a.b=1`, `++a=`, `~a`, `db@pkg=x`, `experiments/deep=x`. A word that starts like a path
 * (`./a=b.png`, `/tmp/a=b`) is never an override.
 */
const OVERRIDE = /^(?:(?:\+\+?|~)?[A-Za-z_$][\w$./@:-]*=|~[A-Za-z_$][\w$./@:-]*$|\+\+?[A-Za-z_$])/

/** Sorts the words after a command into its named arguments and its overrides. */
export function readPositionals(command: Command, words: readonly string[]): Positionals {
  if (command.ownWords !== true && words.includes('')) {
    throw new AtelierError('USAGE', 'An argument is empty.', {
      hint: 'A shell variable without a value leaves one: "$IMAGE".',
    })
  }
  const isOverride = (word: string) => command.overrides && OVERRIDE.test(word)
  return {
    arguments: assign(
      command.arguments,
      words.filter((word) => !isOverride(word)),
      command.overrides,
    ),
    overrides: words.filter(isOverride),
  }
}

function assign(specs: ArgumentSpecs, words: readonly string[], takesOverrides: boolean) {
  const rest = [...words]
  const values: Positionals['arguments'] = {}
  for (const [name, spec] of Object.entries(specs)) {
    values[name] = spec.variadic ? rest.splice(0) : rest.shift()
    const given = spec.variadic ? (values[name]?.length ?? 0) > 0 : values[name] !== undefined
    if (spec.required && !given) {
      throw new AtelierError('USAGE', `The argument ${name.toUpperCase()} is missing.`, {
        hint: 'Add --help to see what the command takes.',
      })
    }
  }
  if (rest.length > 0) throw surplus(rest[0]!, takesOverrides)
  return values
}

function surplus(word: string, takesOverrides: boolean): AtelierError {
  return new AtelierError('USAGE', `Unexpected argument '${word}'.`, {
    hint: takesOverrides
      ? `An override is written key=value, for example hyperparameters.epochs=10.`
      : 'Add --help to see what the command takes.',
  })
}
