import { type ModelVersion, modelLineageSchema } from '../../contracts/index.ts'
import { digestOf } from '../../core/index.ts'
import { checkActor, checkModelName, checkTag, checkText } from '../names.ts'
import type { NewModelVersion, Registration, VersionChange } from '../registry.ts'
import { versionOf, versionOfRow } from './read-models.ts'
import type { RegistryWork } from './registry-work.ts'

/** Refuses what the registry does not take, before a file is kept for it. */
export function checkNewVersion(model: NewModelVersion): NewModelVersion {
  return {
    ...model,
    name: checkModelName(model.name),
    description: checkText('description', model.description ?? ''),
    tags: checkTags(model.tags ?? []),
    actor: checkActor(model.actor),
    lineage: modelLineageSchema.parse(model.lineage),
  }
}

const checkTags = (tags: readonly string[]) => [...new Set(tags.map(checkTag))].sort()

/** The next version of a name; the one it has of the same bytes, where it has one. */
export async function registerVersion(
  work: RegistryWork,
  model: NewModelVersion,
  sha256: string,
): Promise<Registration> {
  const { db, time } = work
  const { name, actor } = model
  const number = await takeNumber(work, name)
  const known = await db
    .selectFrom('registry_versions')
    .selectAll()
    .where('model', '=', name)
    .where('sha256', '=', sha256)
    .executeTakeFirst()
  if (known !== undefined) {
    await db
      .updateTable('registry_models')
      .set({ versions: number - 1 })
      .where('name', '=', name)
      .execute()
    return { version: versionOfRow(known), isNew: false }
  }
  const row = {
    ...{ model: name, version: number, sha256, bytes: model.bytes.length, created: time, actor },
    run_id: model.lineage.manifest.run_id,
    lineage: JSON.stringify(model.lineage),
    ...{ description: '', tags: '[]' },
  }
  await db.insertInto('registry_versions').values(row).execute()
  const version = versionOfRow(row)
  const record = recordDigest(version)
  await work.append({ actor, action: 'registered', model: name, version: number, record })
  const { description = '', tags = [] } = model
  const isDescribed = description !== '' || tags.length > 0
  return {
    isNew: true,
    version: isDescribed
      ? await describeVersion(work, { name, version: number, description, tags, actor })
      : version,
  }
}

/** Takes the row of the name, so that two registrations come one after the other, and their numbers too. */
async function takeNumber({ db, time }: RegistryWork, name: string): Promise<number> {
  await db
    .insertInto('registry_models')
    .values({ name, created: time, versions: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { versions } = await db
    .updateTable('registry_models')
    .set((eb) => ({ versions: eb('versions', '+', 1) }))
    .where('name', '=', name)
    .returning('versions')
    .executeTakeFirstOrThrow()
  return versions
}

export function checkVersionChange(change: VersionChange): VersionChange {
  const { description, tags } = change
  return {
    ...change,
    description: description === undefined ? undefined : checkText('description', description),
    tags: tags === undefined ? undefined : checkTags(tags),
    actor: checkActor(change.actor),
  }
}

export async function describeVersion(
  { db, append }: RegistryWork,
  change: VersionChange,
): Promise<ModelVersion> {
  const { name, version: number, actor } = change
  const old = await versionOf(db, { name, version: number })
  const { description = old.description, tags = old.tags } = change
  const version = { ...old, description, tags: [...tags] }
  if (descriptionDigest(version) === descriptionDigest(old)) return old
  await db
    .updateTable('registry_versions')
    .set({ description, tags: JSON.stringify(tags) })
    .where('model', '=', name)
    .where('version', '=', number)
    .execute()
  const record = descriptionDigest(version)
  await append({ actor, action: 'described', model: name, version: number, record })
  return version
}

/** Of all that never changes about a version: what `registered` in the history vouches for. */
export function recordDigest({ description: _, tags: __, ...fixed }: ModelVersion): string {
  return digestOf(fixed)
}

/** Of what may change: what `described` vouches for. */
export function descriptionDigest({ description, tags }: ModelVersion): string {
  return digestOf({ description, tags })
}
