import { MOVES } from '../alias-trail.ts'
import type { PastAliases } from '../registry.ts'
import type { RegistryTransaction } from './tables.ts'

/**
 * Where the aliases pointed: after the last entry, by its number, whose time is not after `time`. So a
 * clock that stepped back changes no order; at worst some entries count a little early.
 */
export async function readPast(db: RegistryTransaction, time: string): Promise<PastAliases> {
  const cut = await db
    .selectFrom('registry_history')
    .select((eb) => eb.fn.max('sequence').as('sequence'))
    .where('time', '<=', time)
    .executeTakeFirst()
  const sequence = cut?.sequence ?? 0
  const rows = await db
    .selectFrom('registry_history as entry')
    .select(['model', 'alias', 'version', 'time', 'actor'])
    .where('sequence', 'in', (eb) =>
      eb
        .selectFrom('registry_history')
        .select(({ fn }) => fn.max('sequence').as('last'))
        .where('sequence', '<=', sequence)
        .where('action', 'in', [...MOVES])
        .groupBy(['model', 'alias']),
    )
    .orderBy('model')
    .orderBy('alias')
    .execute()
  const aliases = rows.flatMap(({ model, alias, version, time: since, actor }) =>
    alias === null || version === null ? [] : [{ name: model, alias, version, since, actor }],
  )
  return { sequence, aliases }
}
