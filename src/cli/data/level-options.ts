import { AtelierError } from '../../core/index.ts'
import type { ConfigLevel } from '../../versioning/index.ts'
import type { OptionSpecs } from '../command.ts'

/** Which of DVC's configuration files is meant; the repository's own without any. */
export const levelOptions = {
  local: { type: 'boolean', description: 'In .dvc/config.local, which git ignores: for secrets.' },
  global: { type: 'boolean', description: "In the user's own file." },
  system: { type: 'boolean', description: "In the machine's file." },
} as const satisfies OptionSpecs

/** Throws USAGE when several levels are named. */
export function levelOf(
  options: Readonly<Record<keyof typeof levelOptions, boolean>>,
): ConfigLevel {
  const named = (['local', 'global', 'system'] as const).filter((level) => options[level])
  if (named.length <= 1) return named[0] ?? 'repo'
  throw new AtelierError('USAGE', `Several files are named: --${named.join(', --')}.`, {
    hint: 'Name one of them, or none for the repository.',
  })
}
