import { AtelierError } from '../../core/index.ts'

/** Throws USAGE where an option that a command cannot do without was not given. */
export function requireOption(flag: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value
  throw new AtelierError('USAGE', `${flag} is missing.`, {
    hint: 'Options stand before the command that the stage runs. Add --help to see them.',
  })
}
