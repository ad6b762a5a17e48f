import type { ModelAlias } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { followAlias, MOVES } from '../alias-trail.ts'
import type { Rollback } from '../registry.ts'
import { requireRevision, swap } from './move-alias.ts'
import { aliasOfRow, aliasRow } from './read-models.ts'
import type { RegistryWork } from './registry-work.ts'

/** Points an alias to where it pointed before its last move. Throws ALIAS_NO_PREVIOUS, ALIAS_CONFLICT. */
export async function rollBack(work: RegistryWork, rollback: Rollback): Promise<ModelAlias> {
  const { db } = work
  const { name, alias } = rollback
  const old = await aliasRow(db, name, alias)
  requireRevision(rollback, old)
  if (old?.previous == null) throw nowhere(rollback, old?.version ?? null)
  const moves = await db
    .selectFrom('registry_history')
    .select(['action', 'version'])
    .where('model', '=', name)
    .where('alias', '=', alias)
    .where('action', 'in', [...MOVES])
    .orderBy('sequence')
    .execute()
  const { version, previous } = followAlias([...moves, { action: 'rolled_back', version: null }])
  return aliasOfRow(
    await swap(work, rollback, old, { version, previous }, { action: 'rolled_back' }),
  )!
}

function nowhere({ name, alias }: Rollback, version: number | null): AtelierError {
  const why =
    version === null
      ? `The model '${name}' has no alias '${alias}'`
      : `${name}@${alias} pointed to nothing before version ${version}`
  return new AtelierError('ALIAS_NO_PREVIOUS', `${why}, so there is nothing to go back to.`, {
    hint: `Point it to a version: atelier models promote ${name}/VERSION --alias ${alias}`,
  })
}
