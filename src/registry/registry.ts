import type {
  GateVerdict,
  HistoryEntry,
  ModelAlias,
  ModelLineage,
  ModelVersion,
} from '../contracts/index.ts'
import type { DeliverOptions } from './events/deliver-events.ts'
import type { Delivery } from './events/delivery.ts'
import type { HistoryHead } from './history-chain.ts'
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
   * The revision that the alias must have, 0 where it must point to nothing. Where absent, whatever it
   * has at the start of the change.
   */
  readonly expected?: number | undefined
  readonly actor: string
  readonly reason?: string | undefined
}

export interface AliasMove extends AliasChange {
  readonly version: number
}

export interface Promotion extends AliasMove {
  /** The revision that the alias had when its model was judged; 0 where it pointed to nothing. */
  readonly expected: number
  /** Of `judgeCandidate`, about this version and this alias. */
  readonly verdict: GateVerdict
  /** Move the alias though the gate refuses; wants a reason. */
  readonly force?: boolean | undefined
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

export interface DeliverPending extends DeliverOptions {
  /** Also those that a receiver refused. */
  readonly failedToo?: boolean
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

/** Where the aliases pointed at a moment. */
export interface PastAliases {
  /** The last line of the history that counts; 0: there was none yet. */
  readonly sequence: number
  readonly aliases: readonly PastAlias[]
}

export interface PastAlias {
  readonly name: string
  readonly alias: string
  readonly version: number
  /** When and by whom it was pointed there. */
  readonly since: string
  readonly actor: string
}

export interface VerifyOptions {
  /** A head that was noted elsewhere: it must still be in the chain. The hash may be its beginning. */
  readonly anchor?: HistoryHead | undefined
  /** Told how many files are compared. */
  readonly onFile?: (done: number, total: number) => void
}

export interface Verification {
  readonly entries: number
  readonly versions: number
  readonly files: number
  readonly head: HistoryHead
  /** Empty: everything is as the history says. In the order in which it was found. */
  readonly problems: readonly Problem[]
}

export interface Problem {
  /** `entry 7`, `classifier/3`, `classifier@production`, `file 3f2a…` */
  readonly where: string
  readonly what: string
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
  /** Throws ALIAS_CONFLICT where the alias has another revision, ALIAS_PROTECTED. */
  setAlias(move: AliasMove): Promise<ModelAlias>
  /** As `setAlias`, with the gate's verdict. Throws GATE_REFUSED where it did not pass, on record. */
  promote(promotion: Promotion): Promise<ModelAlias>
  /** One step back, as the history tells it. Throws ALIAS_NO_PREVIOUS, ALIAS_CONFLICT. */
  rollback(rollback: Rollback): Promise<ModelAlias>
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
  /** By its digest in the history. Throws MODEL_NOT_FOUND. */
  verdict(digest: string): Promise<GateVerdict>
  /** After the last line of the history whose time is not after `time`, ISO 8601. */
  at(time: string): Promise<PastAliases>
  /** Computes every digest anew: the chain, the versions, the aliases, the files. */
  verify(options?: VerifyOptions): Promise<Verification>
  /** Events that are not yet with their receivers. */
  undelivered(): Promise<readonly Delivery[]>
  /**
   * Sends them, in order for each receiver; gives what became of those that were tried. One that another
   * process is sending at the moment is left to it.
   */
  deliver(options: DeliverPending): Promise<readonly Delivery[]>
  close(): Promise<void>
}
