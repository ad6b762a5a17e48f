import { type HistoryEntry, historyEntrySchema } from '../../contracts/index.ts'
import { checkAlias, checkModelName } from '../names.ts'
import type { HistoryQuery } from '../registry.ts'
import type { RegistryTransaction } from './tables.ts'

/** Newest first. */
export async function readHistory(
  db: RegistryTransaction,
  { name, alias, limit }: HistoryQuery,
): Promise<HistoryEntry[]> {
  const model = name === undefined ? undefined : checkModelName(name)
  const pointer = alias === undefined ? undefined : checkAlias(alias)
  const rows = await db
    .selectFrom('registry_history')
    .selectAll()
    .$if(model !== undefined, (query) => query.where('model', '=', model!))
    .$if(pointer !== undefined, (query) => query.where('alias', '=', pointer!))
    .orderBy('sequence', 'desc')
    .$if(limit !== undefined, (query) => query.limit(limit!))
    .execute()
  return rows.map((row) => historyEntrySchema.parse(row))
}
