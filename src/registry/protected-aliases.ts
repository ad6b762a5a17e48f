import { AtelierError } from '../core/index.ts'
import { checkAlias } from './names.ts'

/** Refuses an alias that only a promotion or a rollback may move. Throws ALIAS_PROTECTED. */
export function requireFreeAlias(alias: string, protectedAliases: readonly string[]): void {
  if (!protectedAliases.includes(checkAlias(alias))) return
  throw new AtelierError(
    'ALIAS_PROTECTED',
    `The alias '${alias}' is only moved by a promotion or a rollback.`,
    { hint: `Let the gate judge: atelier models promote VERSION --alias ${alias}` },
  )
}
