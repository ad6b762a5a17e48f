import type { Transaction } from 'kysely'
import type { HistoryEntry } from '../../contracts/index.ts'

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
}

export type RegistryTransaction = Transaction<RegistryTables>
