import { type Clock, systemClock } from '../../core/index.ts'
import {
  type Database,
  type DatabasePlace,
  type DatabaseSchema,
  openDatabase,
} from '../../storage/index.ts'
import { type ArtifactStore, keepArtifact, readArtifact } from '../artifact-store.ts'
import { parseModelUri } from '../model-uri.ts'
import { checkAlias, checkModelName } from '../names.ts'
import { requireFreeAlias } from '../protected-aliases.ts'
import type { Registry } from '../registry.ts'
import { migrations } from './migrations.ts'
import { checkAliasChange, moveAlias, removeAlias } from './move-alias.ts'
import { checkPromotion, gateRefused, promote } from './promote.ts'
import { readHistory, readVerdict } from './read-history.ts'
import {
  aliasOfRow,
  aliasRow,
  listModels,
  modelOf,
  resolveReference,
  versionOf,
} from './read-models.ts'
import { readPast } from './read-past.ts'
import {
  checkNewVersion,
  checkVersionChange,
  describeVersion,
  registerVersion,
} from './register-version.ts'
import { rollBack } from './roll-back.ts'
import type { RegistryTables } from './tables.ts'
import { verifyFiles, verifyRecords } from './verify-registry.ts'

/** What is answered for must outlast a power cut. */
const schema: DatabaseSchema = { name: 'registry', migrations, durable: true }

export interface RegistryOptions {
  /** Where the model files are. */
  readonly store: ArtifactStore
  readonly clock?: Clock
  /** Aliases that only `promote` and `rollback` move; none where absent. */
  readonly protectedAliases?: readonly string[]
}

/**
 * Opens the registry, making its tables where there are none: PostgreSQL where a URL is given, else
 * SQLite. Throws STORE_UNAVAILABLE, and STORE_TOO_NEW when a later program made them.
 */
export async function openRegistry(
  place: DatabasePlace,
  options: RegistryOptions,
): Promise<Registry> {
  const { clock = systemClock, protectedAliases = [] } = options
  const database = await openDatabase<RegistryTables>(place, schema, clock.now())
  return sqlRegistry(database, { ...options, clock, protectedAliases })
}

function sqlRegistry(
  { read, write, ...database }: Database<RegistryTables>,
  { store, clock, protectedAliases }: Required<RegistryOptions>,
): Registry {
  const now = () => new Date(clock.now()).toISOString()
  return {
    description: database.description,
    async register(given) {
      const model = checkNewVersion(given)
      // before the row: a row without a file would be a promise not kept, a file without a row harms nobody
      const sha256 = await keepArtifact(store, model.bytes)
      return write((db) => registerVersion(db, model, sha256, now()))
    },
    describe: async (given) => {
      const change = checkVersionChange(given)
      return write((db) => describeVersion(db, change, now()))
    },
    setAlias: async (given) => {
      const move = checkAliasChange(given)
      requireFreeAlias(move.alias, protectedAliases)
      return write((db) => moveAlias(db, move, { action: 'aliased', time: now() }))
    },
    async promote(given) {
      const promotion = checkPromotion(given)
      const moved = await write((db) => promote(db, promotion, now()))
      // thrown after the refusal is written, which an error inside would undo
      return moved ?? Promise.reject(gateRefused(promotion))
    },
    rollback: async (given) => {
      const rollback = checkAliasChange(given)
      return write((db) => rollBack(db, rollback, now()))
    },
    removeAlias: async (given) => {
      const removal = checkAliasChange(given)
      requireFreeAlias(removal.alias, protectedAliases)
      return write((db) => removeAlias(db, removal, now()))
    },
    list: () => read((db) => listModels(db)),
    model: (name) => read((db) => modelOf(db, name)),
    version: (reference) => read((db) => versionOf(db, reference)),
    resolve: async (uri) => {
      const reference = parseModelUri(uri)
      return read((db) => resolveReference(db, reference))
    },
    async aliasRevision(name, alias) {
      const [model, pointer] = [checkModelName(name), checkAlias(alias)]
      const row = await read((db) => aliasRow(db, model, pointer))
      return row === undefined ? undefined : aliasOfRow(row)?.revision
    },
    read: (sha256) => readArtifact(store, sha256),
    history: (query) => read((db) => readHistory(db, query)),
    verdict: (digest) => read((db) => readVerdict(db, digest)),
    at: (moment) => read((db) => readPast(db, moment)),
    async verify(options = {}) {
      const recorded = await read((db) => verifyRecords(db, options))
      return verifyFiles(store, recorded, options)
    },
    close: database.close,
  }
}
