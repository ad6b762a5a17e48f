import {
  type GateVerdict,
  gateVerdictSchema,
  type HistoryEntry,
  historyEntrySchema,
} from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
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

/** Throws MODEL_NOT_FOUND. */
export async function readVerdict(db: RegistryTransaction, digest: string): Promise<GateVerdict> {
  const row = await db
    .selectFrom('registry_verdicts')
    .select('verdict')
    .where('digest', '=', digest)
    .executeTakeFirst()
  if (row !== undefined) return gateVerdictSchema.parse(JSON.parse(row.verdict))
  throw new AtelierError('MODEL_NOT_FOUND', 'The registry has no verdict of that digest.', {
    hint: 'See the history for the digests: `atelier models history --json`.',
  })
}
