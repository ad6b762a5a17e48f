import type { Selectable } from 'kysely'
import { type ModelAlias, type ModelVersion, modelVersionSchema } from '../../contracts/index.ts'
import { AtelierError, nearestName } from '../../core/index.ts'
import { formatModelUri, type ModelReference } from '../model-uri.ts'
import { checkAlias, checkModelName, checkVersion } from '../names.ts'
import type { RegisteredModel, ResolvedModel } from '../registry.ts'
import type { RegistryTables, RegistryTransaction } from './tables.ts'

export async function listModels(
  db: RegistryTransaction,
  name?: string,
): Promise<RegisteredModel[]> {
  const only = name === undefined ? undefined : checkModelName(name)
  const models = await db
    .selectFrom('registry_models')
    .selectAll()
    .$if(only !== undefined, (query) => query.where('name', '=', only!))
    .orderBy('name')
    .execute()
  const versions = await db
    .selectFrom('registry_versions')
    .selectAll()
    .$if(only !== undefined, (query) => query.where('model', '=', only!))
    .orderBy('version', 'desc')
    .execute()
  const aliases = await db
    .selectFrom('registry_aliases')
    .selectAll()
    .$if(only !== undefined, (query) => query.where('model', '=', only!))
    .orderBy('alias')
    .execute()
  const versionsOf = grouped(versions)
  const aliasesOf = grouped(aliases)
  return models.map(({ name, created }) => ({
    name,
    created,
    versions: (versionsOf.get(name) ?? []).map(versionOfRow),
    aliases: (aliasesOf.get(name) ?? []).flatMap((row) => aliasOfRow(row) ?? []),
  }))
}

function grouped<Row extends { readonly model: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.model)
    if (group === undefined) groups.set(row.model, [row])
    else group.push(row)
  }
  return groups
}

export async function modelOf(db: RegistryTransaction, name: string): Promise<RegisteredModel> {
  const [model] = await listModels(db, name)
  return model ?? Promise.reject(await noModel(db, name))
}

/** Throws MODEL_NOT_FOUND. */
export async function versionOf(
  db: RegistryTransaction,
  reference: ModelReference,
): Promise<ModelVersion> {
  const { name, version } = await resolveReference(db, reference)
  const row = await db
    .selectFrom('registry_versions')
    .selectAll()
    .where('model', '=', name)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
  return versionOfRow(row)
}

/** Throws MODEL_NOT_FOUND. */
export async function resolveReference(
  db: RegistryTransaction,
  reference: ModelReference,
): Promise<ResolvedModel> {
  const name = checkModelName(reference.name)
  const alias = reference.alias === undefined ? null : checkAlias(reference.alias)
  const pointer = alias === null ? undefined : await aliasRow(db, name, alias)
  const wanted = alias === null ? reference.version : (pointer?.version ?? 0)
  if (alias === null && wanted !== undefined) checkVersion(wanted)
  const row = await db
    .selectFrom('registry_versions')
    .select(['version', 'sha256', 'bytes', 'run_id'])
    .where('model', '=', name)
    .$if(wanted !== undefined, (query) => query.where('version', '=', wanted!))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row === undefined) throw await notThere(db, reference)
  return { name, alias, revision: pointer?.revision ?? null, ...row }
}

export function aliasRow(
  db: RegistryTransaction,
  name: string,
  alias: string,
): Promise<Selectable<RegistryTables['registry_aliases']> | undefined> {
  return db
    .selectFrom('registry_aliases')
    .selectAll()
    .where('model', '=', name)
    .where('alias', '=', alias)
    .executeTakeFirst()
}

/** Undefined for an alias that was taken away. */
export function aliasOfRow({
  model: _,
  version,
  ...row
}: Selectable<RegistryTables['registry_aliases']>): ModelAlias | undefined {
  return version === null ? undefined : { ...row, version }
}

export function versionOfRow({
  model,
  run_id: _,
  lineage,
  tags,
  ...row
}: Selectable<RegistryTables['registry_versions']>): ModelVersion {
  return modelVersionSchema.parse({
    ...row,
    name: model,
    lineage: JSON.parse(lineage),
    tags: JSON.parse(tags),
  })
}

async function notThere(db: RegistryTransaction, reference: ModelReference): Promise<AtelierError> {
  const { name, version, alias } = reference
  const [model] = await listModels(db, name)
  if (model === undefined) return noModel(db, name)
  const uri = formatModelUri(reference)
  const newest = model.versions[0]?.version ?? 0
  const aliases = model.aliases.map((other) => other.alias)
  const hint =
    alias === undefined
      ? `Its versions are 1 to ${newest}.`
      : aliases.length === 0
        ? `It has no alias yet: atelier models alias ${name}/${newest} ${alias}`
        : `Its aliases are ${aliases.join(', ')}.`
  const what = version === undefined ? `alias '${alias}'` : `version ${version}`
  return new AtelierError('MODEL_NOT_FOUND', `The model '${name}' has no ${what}.`, {
    hint,
    data: { uri },
  })
}

async function noModel(db: RegistryTransaction, name: string): Promise<AtelierError> {
  const rows = await db.selectFrom('registry_models').select('name').orderBy('name').execute()
  const names = rows.map((row) => row.name)
  const nearest = nearestName(name, names)
  return new AtelierError('MODEL_NOT_FOUND', `No model is registered as '${name}'.`, {
    hint:
      nearest !== undefined
        ? `Did you mean '${nearest}'?`
        : names.length === 0
          ? 'Register one with `atelier models register`.'
          : `There are ${names.slice(0, 8).join(', ')}${names.length > 8 ? ' …' : ''}.`,
  })
}
