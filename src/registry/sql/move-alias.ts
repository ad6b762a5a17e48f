import type { Selectable } from 'kysely'
import type { ModelAlias, RegistryAction } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { checkActor, checkAlias, checkModelName, checkText, checkVersion } from '../names.ts'
import type { AliasMove, AliasRemoval } from '../registry.ts'
import { aliasOfRow, aliasRow, versionOf } from './read-models.ts'
import type { RegistryWork } from './registry-work.ts'
import type { RegistryTables } from './tables.ts'

type AliasRow = Selectable<RegistryTables['registry_aliases']>

export function checkAliasChange<T extends AliasRemoval>(change: T): T {
  const { reason } = change
  return {
    ...change,
    name: checkModelName(change.name),
    alias: checkAlias(change.alias),
    actor: checkActor(change.actor),
    reason: reason === undefined ? undefined : checkText('reason', reason) || undefined,
  }
}

/** What is written of a move besides where it goes. */
export interface MoveRecord {
  readonly action: RegistryAction
  /** Digest of the gate's verdict. */
  readonly verdict?: string | null
}

/** Points an alias to a version. Throws ALIAS_CONFLICT, MODEL_NOT_FOUND. */
export async function moveAlias(
  work: RegistryWork,
  move: AliasMove,
  record: MoveRecord,
): Promise<ModelAlias> {
  const { db } = work
  await versionOf(db, { name: move.name, version: checkVersion(move.version) })
  const old = await aliasRow(db, move.name, move.alias)
  requireRevision(move, old)
  if (old?.version === move.version) return aliasOfRow(old)!
  // an alias that was taken away is given back to what it pointed to before
  const previous = old?.version ?? old?.previous ?? null
  return aliasOfRow(await swap(work, move, old, { version: move.version, previous }, record))!
}

/** Leaves the alias without a version. Throws ALIAS_CONFLICT, MODEL_NOT_FOUND. */
export async function removeAlias(work: RegistryWork, removal: AliasRemoval): Promise<void> {
  const old = await aliasRow(work.db, removal.name, removal.alias)
  requireRevision(removal, old)
  if (old?.version == null) {
    throw new AtelierError(
      'MODEL_NOT_FOUND',
      `The model '${removal.name}' has no alias '${removal.alias}'.`,
      { hint: 'List the models and their aliases with `atelier models ls`.' },
    )
  }
  await swap(work, removal, old, { version: null, previous: old.version }, { action: 'unaliased' })
}

export function requireRevision(change: AliasRemoval, old: AliasRow | undefined): void {
  const found = old?.version == null ? 0 : old.revision
  if (change.expected === undefined || change.expected === found) return
  throw conflict(change, change.expected, found)
}

/** Writes the new state where the alias still has the revision it was read with. */
export async function swap(
  { db, time, append }: RegistryWork,
  change: AliasRemoval,
  old: AliasRow | undefined,
  { version, previous }: Pick<AliasRow, 'version' | 'previous'>,
  { action, verdict = null }: MoveRecord,
): Promise<AliasRow> {
  const { name: model, alias, actor, reason = null } = change
  const revision = (old?.revision ?? 0) + 1
  const row = { model, alias, version, previous, revision, updated: time, actor }
  const won =
    old === undefined
      ? await db
          .insertInto('registry_aliases')
          .values(row)
          .onConflict((at) => at.doNothing())
          .executeTakeFirst()
          .then(({ numInsertedOrUpdatedRows }) => numInsertedOrUpdatedRows)
      : await db
          .updateTable('registry_aliases')
          .set(row)
          .where('model', '=', model)
          .where('alias', '=', alias)
          .where('revision', '=', old.revision)
          .executeTakeFirst()
          .then(({ numUpdatedRows }) => numUpdatedRows)
  if (won !== 1n) {
    const now = await aliasRow(db, model, alias)
    throw conflict(change, old?.revision ?? 0, now?.revision ?? 0)
  }
  const from = old?.version ?? null
  await append({ actor, action, model, version, alias, previous: from, reason, verdict })
  return row
}

function conflict({ name, alias }: AliasRemoval, expected: number, found: number): AtelierError {
  return new AtelierError(
    'ALIAS_CONFLICT',
    `${name}@${alias} is at revision ${found}, not ${expected}: it was moved in the meantime.`,
    {
      hint: `See what happened with \`atelier models history ${name}\`, and decide anew.`,
      data: { name, alias, expected, revision: found },
    },
  )
}
