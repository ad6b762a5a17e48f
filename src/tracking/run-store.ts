import type { Artifact, RunRecord } from '../contracts/index.ts'

/** What the store holds of a run besides its metrics. */
export interface RunEntry {
  readonly record: RunRecord
  /** The resolved configuration; what `init` was given. */
  readonly config: Readonly<Record<string, unknown>>
  readonly overrides: readonly string[]
  /** What set each value: `conf/recipe/default.yaml:4` or `override 'seed=7'`. */
  readonly provenance: readonly { readonly key: string; readonly origin: string }[]
  readonly artifacts: readonly Artifact[]
  /** Absolute, on the machine `record.environment.host`. */
  readonly folder: string
  /** When it was put into the trash, ISO 8601; null: it is not there. */
  readonly trashed: string | null
}

/** Points of one metric in the order they were logged; the arrays are of one length. */
export interface Points {
  readonly metric: string
  readonly steps: Float64Array
  /** Milliseconds since 1970. */
  readonly times: Float64Array
  readonly values: Float64Array
}

/** A metric, thinned for drawing: at most `buckets` × 4 points, with each bucket's first, last, minimum and maximum kept. */
export interface Series extends Points {
  /** How many were logged. */
  readonly count: number
}

/**
 * `val.accuracy > 0.92 and model.type = "cnn"`, parsed. A key is one of the record's fields
 * (`status`, `project`, `seed`, `created` …), `tag`, a configuration key, or a metric of the summary.
 */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | {
      readonly kind: 'compare'
      readonly key: string
      /** `~` is "contains", without regard to case. */
      readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~'
      readonly value: string | number | boolean | null
    }

export interface RunQuery {
  readonly filter?: Filter | undefined
  /** Newest first where absent or equal. Runs without the key come last. */
  readonly sort?: { readonly key: string; readonly descending: boolean } | undefined
  readonly offset?: number
  readonly limit: number
  /** Only runs in the trash; else only those outside. */
  readonly trashed?: boolean
}

export interface RunPage {
  readonly entries: readonly RunEntry[]
  /** How many fit the filter. */
  readonly total: number
}

export interface SeriesQuery {
  /** All metrics of the run where absent. */
  readonly metrics?: readonly string[] | undefined
  readonly buckets: number
  /** Only points after this step: what a page that draws live lacks. */
  readonly afterStep?: number | undefined
}

/**
 * All runs of a project folder or a team, on SQLite or PostgreSQL. An index: whatever it holds of a
 * run is in the run's folder too, and `reindex` fills an empty store from folders. Every method is
 * one transaction. Throws STORE_UNAVAILABLE when the database cannot be reached or opened.
 */
export interface RunStore {
  /** `sqlite` with its path, or `postgres` with host and database, never a password. */
  readonly description: string
  /** Inserts a run or replaces all that is known of it, but not its metrics. */
  put(entry: RunEntry): Promise<void>
  /** Many at once, all or none: a few hundred take little longer than one. */
  putAll(entries: readonly RunEntry[]): Promise<void>
  get(id: string): Promise<RunEntry | undefined>
  find(query: RunQuery): Promise<RunPage>
  /** Ids that start with the text, or end with `-text`: what a person types. */
  findIds(text: string, limit: number): Promise<readonly string[]>
  /** Says that the run's process lives. */
  beat(id: string, now: number): Promise<void>
  /** Turns `running` into `crashed` where the last heartbeat is older than `before`; gives their ids. */
  markCrashed(before: number): Promise<readonly string[]>
  /** Appends; the caller sends many points at once. */
  addPoints(id: string, points: readonly Points[]): Promise<void>
  /** Forgets the points after a step: a resumed run writes them again. */
  cutPoints(id: string, afterStep: number): Promise<void>
  series(id: string, query: SeriesQuery): Promise<readonly Series[]>
  /** Every configuration key and summary metric in use, for columns and completion. */
  keys(): Promise<readonly string[]>
  /** For good, with its metrics. Its folder is the caller's. */
  delete(ids: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Opens the store at the moment it is needed; where that is, the caller knows. */
export type OpenStore = () => Promise<RunStore>
