import { AtelierError } from '../../core/index.ts'
import type { TrialParams } from '../sampling/trial.ts'
import type { ParameterValue } from './distribution.ts'
import { pythonJson, pythonStr } from './python-text.ts'
import type { SweepFile } from './sweep-file.ts'

export interface CommandOptions {
  /** For `${envvar:NAME}`; a name that is not set is empty. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Stands for `${args_json_file}`; the caller writes the parameters there. */
  readonly paramsFile: string
}

const DEFAULT = ['env', 'interpreter', 'program', 'args'].map((name) => `\${${name}}`)

type Argument = readonly [name: string, value: ParameterValue]
type Macro = (args: readonly Argument[], sweep: SweepFile, options: CommandOptions) => string[]

const MACROS: Readonly<Record<string, Macro>> = {
  env: () => ['/usr/bin/env'],
  interpreter: () => ['python'],
  program: (_, sweep) => [programOf(sweep)],
  args: (args) => args.map(([name, value]) => `--${name}=${pythonStr(value)}`),
  args_no_equals: (args) => args.flatMap(([name, value]) => [`--${name}`, pythonStr(value)]),
  args_no_hyphens: (args) => args.map(([name, value]) => `${name}=${pythonStr(value)}`),
  args_no_boolean_flags: (args) =>
    args.flatMap(([name, value]) => {
      if (value === false) return []
      return [value === true ? `--${name}` : `--${name}=${pythonStr(value)}`]
    }),
  args_append_hydra: (args) => args.map(([name, value]) => `+${name}=${pythonStr(value)}`),
  args_override_hydra: (args) => args.map(([name, value]) => `++${name}=${pythonStr(value)}`),
  args_json: (args) => [pythonJson(Object.fromEntries(args))],
  args_json_file: (_args, _sweep, { paramsFile }) => [paramsFile],
}

/**
 * The command line of a trial of a foreign program. A word that is one macro becomes what it stands
 * for; a macro that W&B does not have is left out, as W&B does.
 */
export function expandCommand(
  sweep: SweepFile,
  params: TrialParams,
  options: CommandOptions,
): string[] {
  const args = Object.entries(params)
  return (sweep.command ?? DEFAULT).flatMap((word) => {
    const name = /^\$\{(\w+)\}$/.exec(word)?.[1]
    if (name === undefined) return [withVariables(word, options)]
    return Object.hasOwn(MACROS, name) ? MACROS[name]!(args, sweep, options) : []
  })
}

const withVariables = (word: string, { env }: CommandOptions) =>
  word.replace(/\$\{envvar:([^}]+)\}/g, (_, name: string) => env[name] ?? '')

function programOf({ program, path }: SweepFile): string {
  if (program !== undefined) return program
  throw new AtelierError('SWEEP_INVALID', `${path}: the command needs 'program'.`, {
    hint: 'Write `program: FILE`, or a command that does not name it.',
  })
}
