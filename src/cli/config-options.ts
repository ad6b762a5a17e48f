import type { ConfigChoice } from '../config/index.ts'
import { AtelierError } from '../core/index.ts'
import type { OptionSpecs } from './command.ts'

/** Options of every command that takes overrides; names and short forms are Hydra's. */
export const configOptions = {
  configName: {
    type: 'string',
    description: 'The file to start from (-cn), without .yaml.',
    placeholder: 'NAME',
  },
  configPath: {
    type: 'string',
    description: 'Folder of configuration files in place of ./conf (-cp).',
    placeholder: 'DIR',
  },
  configDir: {
    type: 'string',
    description: 'One more folder to look for configuration files in (-cd).',
    placeholder: 'DIR',
  },
  cfg: {
    type: 'string',
    description: 'Print the composed configuration and stop (-c).',
    placeholder: 'WHAT',
    choices: ['job', 'hydra', 'all'],
  },
  package: {
    type: 'string',
    description: 'With --cfg: only what is below this key (-p).',
    placeholder: 'KEY',
  },
  resolve: { type: 'boolean', description: 'With --cfg: replace every interpolation.' },
  info: {
    type: 'string',
    description: 'Print how the configuration is composed and stop (-i).',
    placeholder: 'WHAT',
    choices: ['all', 'defaults', 'defaults-tree', 'config', 'searchpath'],
  },
} as const satisfies OptionSpecs

const SHORT: Readonly<Record<string, string>> = {
  '-cn': '--config-name',
  '-cp': '--config-path',
  '-cd': '--config-dir',
  '-c': '--cfg',
  '-p': '--package',
  '-i': '--info',
}

/** Hydra's short forms of two letters, which are no bundle of one-letter options, written out. */
export function longConfigOptions(argv: readonly string[]): string[] {
  return argv.map((word) => {
    const [name = '', ...value] = word.split('=')
    const long = SHORT[name]
    return long === undefined ? word : [long, ...value].join('=')
  })
}

/** A choice of configuration files as words of a command line, to say how a run was started. */
export function choiceWords({ name, path, folders = [] }: ConfigChoice = {}): string[] {
  return [
    ...(name === undefined ? [] : ['-cn', name]),
    ...(path === undefined ? [] : ['-cp', path]),
    ...folders.flatMap((folder) => ['-cd', folder]),
  ]
}

export type GivenOptions = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>

/** What was asked for instead of running the command; undefined: nothing. */
export interface ConfigQuestion {
  readonly cfg: 'job' | 'hydra' | 'all' | undefined
  readonly info: 'all' | 'defaults' | 'defaults-tree' | 'config' | 'searchpath' | undefined
  readonly package: string | undefined
  readonly resolve: boolean
}

/** Takes the options of the configuration out of all that were given. Throws USAGE. */
export function splitConfigOptions(given: GivenOptions): {
  readonly choice: ConfigChoice
  readonly question: ConfigQuestion | undefined
  readonly rest: GivenOptions
} {
  const { configName, configPath, configDir, cfg, info, package: pkg, resolve, ...rest } = given
  const choice: ConfigChoice = {
    name: (configName as string | undefined)?.replace(/\.yaml$/, ''),
    path: configPath as string | undefined,
    folders: configDir === undefined ? [] : [configDir as string],
  }
  if (cfg === undefined && (pkg !== undefined || resolve === true)) {
    throw new AtelierError('USAGE', '--package and --resolve go with --cfg.', {
      hint: 'For example: --cfg job --package optimizer.',
    })
  }
  const question = { cfg, info, package: pkg, resolve: resolve === true } as ConfigQuestion
  return { choice, question: (cfg ?? info) === undefined ? undefined : question, rest }
}
