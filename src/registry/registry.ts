import type { HistoryEntry, ModelAlias, ModelLineage, ModelVersion } from '../contracts/index.ts'
import type { ModelReference } from './model-uri.ts'

/** What is registered: the bytes of a model file and what is known of them. */
export interface NewModelVersion {
  readonly name: string
  readonly bytes: Uint8Array
  readonly lineage: ModelLineage
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
  /** Who registers it. */
  readonly actor: string
}

export interface Registration {
  readonly version: ModelVersion
  /** False where the name has a version of these very bytes: it was given back as it is. */
  readonly isNew: boolean
}

interface AliasChange {
  readonly name: string
  readonly alias: string
  /**
   * The revision that the alias must have, 0 for one that never was. Where absent, whatever it has
   * at the start of the change.
   */
  readonly expected?: number | undefined
  readonly actor: string
  readonly reason?: string | undefined
}

export interface AliasMove extends AliasChange {
  readonly version: number
}

export type AliasRemoval = AliasChange
export type Rollback = AliasChange

/** New description or tags; what is absent stays. */
export interface VersionChange {
  readonly name: string
  readonly version: number
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly actor: string
}

export interface RegisteredModel {
  readonly name: string
  readonly created: string
  /** Newest first. */
  readonly versions: readonly ModelVersion[]
  /** By name. */
  readonly aliases: readonly ModelAlias[]
}

/** What a URI stands for at the moment. */
export interface ResolvedModel {
  readonly name: string
  readonly version: number
  /** The alias in the URI and its revision; null where it has none. */
  readonly alias: string | null
  readonly revision: number | null
  /** Of the model file: what `read` takes. */
  readonly sha256: string
  readonly bytes: number
  readonly run_id: string
}

export interface HistoryQuery {
  readonly name?: string | undefined
  readonly alias?: string | undefined
  /** Newest first; all where absent. */
  readonly limit?: number | undefined
}

/**
 * Named models with numbered versions, aliases and a history, on SQLite or PostgreSQL. What changes
 * something is one transaction with its line in the history. Throws REGISTRY_NAME_INVALID for
 * malformed names, MODEL_NOT_FOUND for unknown ones, STORE_UNAVAILABLE where the database is away.
 */
export interface Registry {
  /** Where the database is, never with a password. */
  readonly description: string
  register(model: NewModelVersion): Promise<Registration>
  describe(change: VersionChange): Promise<ModelVersion>
  /** Throws ALIAS_CONFLICT where the alias has another revision. */
  setAlias(move: AliasMove): Promise<ModelAlias>
  /** As `setAlias`; the alias points to nothing afterwards. */
  removeAlias(removal: AliasRemoval): Promise<void>
  /** Every model, by name. */
  list(): Promise<readonly RegisteredModel[]>
  model(name: string): Promise<RegisteredModel>
  version(reference: ModelReference): Promise<ModelVersion>
  /** One small query: what a server may ask every second. */
  resolve(uri: string): Promise<ResolvedModel>
  /** As `resolve` of an alias, but only its revision; undefined where there is no such alias. */
  aliasRevision(name: string, alias: string): Promise<number | undefined>
  /** The bytes of a model file, compared with their SHA-256. Throws MODEL_DAMAGED. */
  read(sha256: string): Promise<Uint8Array>
  history(query: HistoryQuery): Promise<readonly HistoryEntry[]>
  close(): Promise<void>
}
