import { randomUUID } from 'node:crypto'
import { type Clock, systemClock } from '../../core/index.ts'
import { type SendRequest, sendRequest } from '../../delivery/index.ts'
import {
  type Database,
  type DatabasePlace,
  type DatabaseSchema,
  openDatabase,
} from '../../storage/index.ts'
import { type ArtifactStore, keepArtifact, readArtifact } from '../artifact-store.ts'
import { deliveryOf } from '../events/delivery.ts'
import { type EventSettings, eventTargets } from '../events/event-targets.ts'
import { parseModelUri } from '../model-uri.ts'
import { checkAlias, checkModelName } from '../names.ts'
import { requireFreeAlias } from '../protected-aliases.ts'
import type { Registry } from '../registry.ts'
import { appendHistory } from './append-history.ts'
import { deliverPending } from './deliver-pending.ts'
import { migrations } from './migrations.ts'
import { checkAliasChange, moveAlias, removeAlias } from './move-alias.ts'
import { queueEvents, readDeliveries } from './outbox.ts'
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
import type { RegistryWork } from './registry-work.ts'
import { rollBack } from './roll-back.ts'
import type { RegistryTables } from './tables.ts'
import { verifyFiles, verifyRecords } from './verify-registry.ts'

/** What is answered for must outlast a power cut. */
const schema: DatabaseSchema = { name: 'registry', migrations, durable: true }

export interface RegistryOptions extends EventSettings {
  /** Where the model files are. */
  readonly store: ArtifactStore
  readonly clock?: Clock
  /** Aliases that only `promote` and `rollback` move; none where absent. */
  readonly protectedAliases?: readonly string[]
  /** UUIDs of events; drawn at random where absent. */
  readonly newId?: () => string
  /** How requests of events are sent; over the network where absent. */
  readonly send?: SendRequest
}

/**
 * Opens the registry, making its tables where there are none: PostgreSQL where a URL is given, else
 * SQLite. Throws STORE_UNAVAILABLE, and STORE_TOO_NEW when a later program made them.
 */
export async function openRegistry(
  place: DatabasePlace,
  options: RegistryOptions,
): Promise<Registry> {
  const { clock = systemClock } = options
  const database = await openDatabase<RegistryTables>(place, schema, clock.now())
  return {
    description: database.description,
    ...changes(database, options, clock),
    ...views(database, options.store),
    ...deliveries(database, options, clock),
    close: database.close,
  }
}

type Storage = Database<RegistryTables>

function changes({ write }: Storage, options: RegistryOptions, clock: Clock) {
  const { store, protectedAliases = [], newId = randomUUID } = options
  const targets = eventTargets(options)
  /** One transaction; where it must be repeated, all of it is. */
  const change = <T>(body: (work: RegistryWork) => Promise<T>) =>
    write((db) => {
      const time = new Date(clock.now()).toISOString()
      const append: RegistryWork['append'] = async (fact) => {
        const entry = await appendHistory(db, { ...fact, time })
        await queueEvents(db, entry, targets, newId)
        return entry
      }
      return body({ db, time, append })
    })
  return {
    async register(given) {
      const model = checkNewVersion(given)
      // before the row: a row without a file would be a promise not kept, a file without a row harms nobody
      const sha256 = await keepArtifact(store, model.bytes)
      return change((work) => registerVersion(work, model, sha256))
    },
    async describe(given) {
      const checked = checkVersionChange(given)
      return change((work) => describeVersion(work, checked))
    },
    async setAlias(given) {
      const move = checkAliasChange(given)
      requireFreeAlias(move.alias, protectedAliases)
      return change((work) => moveAlias(work, move, { action: 'aliased' }))
    },
    async removeAlias(given) {
      const removal = checkAliasChange(given)
      requireFreeAlias(removal.alias, protectedAliases)
      return change((work) => removeAlias(work, removal))
    },
    async promote(given) {
      const promotion = checkPromotion(given)
      const moved = await change((work) => promote(work, promotion))
      // thrown after the refusal is written, which an error inside would undo
      return moved ?? Promise.reject(gateRefused(promotion))
    },
    async rollback(given) {
      const rollback = checkAliasChange(given)
      return change((work) => rollBack(work, rollback))
    },
  } satisfies Partial<Registry>
}

function views({ read }: Storage, store: ArtifactStore) {
  return {
    list: () => read((db) => listModels(db)),
    model: (name) => read((db) => modelOf(db, name)),
    version: (reference) => read((db) => versionOf(db, reference)),
    async resolve(uri) {
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
  } satisfies Partial<Registry>
}

function deliveries(database: Storage, { send = sendRequest }: RegistryOptions, clock: Clock) {
  const random = { uniform: Math.random }
  return {
    async undelivered() {
      const open = await database.read((db) => readDeliveries(db, ['pending', 'failed']))
      return open.map(deliveryOf)
    },
    deliver: (options) => deliverPending(database, options, { send, clock, random }),
  } satisfies Partial<Registry>
}
