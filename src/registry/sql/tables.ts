import type { Transaction } from 'kysely'
import type { HistoryEntry } from '../../contracts/index.ts'
import type { DeliveryState } from '../../delivery/index.ts'
import type { DeliveryKind } from '../events/delivery.ts'

/** The tables as they are now; `migrations.ts` tells how they came to be. */
export interface RegistryTables {
  registry_models: {
    name: string
    created: string
    /** The number of the newest version. */
    versions: number
  }
  registry_versions: {
    model: string
    version: number
    sha256: string
    bytes: number
    created: string
    actor: string
    run_id: string
    /** A `ModelLineage` as JSON. */
    lineage: string
    description: string
    /** A list as JSON. */
    tags: string
  }
  registry_aliases: {
    model: string
    alias: string
    /** Null: it was taken away. The row stays, so that no revision comes twice. */
    version: number | null
    previous: number | null
    revision: number
    updated: string
    actor: string
  }
  /** Only ever added to. */
  registry_history: HistoryEntry
  /** One row: the end of the history. Whoever adds to it holds this row. */
  registry_head: {
    id: number
    sequence: number
    hash: string
  }
  registry_verdicts: {
    digest: string
    /** A `GateVerdict` as JSON. */
    verdict: string
  }
  /** What is to be sent, written in the transaction of what it tells; and what came of it. */
  registry_deliveries: {
    id: string
    /** The history's entry it is about. */
    sequence: number
    event: string
    kind: DeliveryKind
    url: string
    /** Name of the environment variable of the secret or the token. */
    secret_env: string
    /** 1 or 0. */
    allow_private: number
    /** The JSON that is sent, to the letter. */
    body: string
    state: DeliveryState
    attempts: number
    /** Until when somebody is at it, milliseconds since 1970; 0: nobody. */
    held: number
    updated: string
    /** Of the last attempt: `204`, `HTTP 500`, a network error. */
    outcome: string | null
  }
}

export type RegistryTransaction = Transaction<RegistryTables>
