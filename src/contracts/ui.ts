import type { RunRecord, RunStatus } from './run.ts'

/** Bodies of the browser interface's API. Lists in configurations come as JSON text. */
export type UiValue = string | number | boolean | null

/** What any request answers that fails. */
export interface UiError {
  /** What was got, what was wanted, and what to do. */
  readonly detail: string
  /** Of the error catalogue, or `NOT_FOUND`, `BAD_REQUEST`. */
  readonly code: string
  /** Of FILTER_INVALID: where in the text, counted from 0. */
  readonly position?: number
}

/** A line of the table of runs. */
export interface UiRunRow {
  readonly id: string
  readonly status: RunStatus
  readonly created: string
  readonly tags: readonly string[]
  /** Of the columns asked for, those that the run has. */
  readonly values: Readonly<Record<string, UiValue>>
}

/** `GET /api/runs` */
export interface UiRunPage {
  readonly rows: readonly UiRunRow[]
  /** How many fit the filter. */
  readonly total: number
  readonly offset: number
}

/** `GET /api/best`: the best run by metric, of those that fit the filter. */
export interface UiBest {
  readonly best: Readonly<Record<string, { readonly id: string; readonly value: UiValue }>>
}

/** `GET /api/keys`: what can be filtered by, sorted by and shown, in alphabetical order. */
export interface UiKeys {
  readonly fields: readonly string[]
  readonly config: readonly string[]
  readonly metrics: readonly string[]
}

export interface UiConfigValue {
  readonly key: string
  readonly value: UiValue
  /** The file or override that set it; null where it is not known. */
  readonly origin: string | null
}

/** `GET /api/runs/:id` */
export interface UiRun {
  readonly record: RunRecord
  readonly trashed: string | null
  readonly folder: string
  readonly config: readonly UiConfigValue[]
  readonly overrides: readonly string[]
  /** The command that trains it again; null for a run that a program logged by itself. */
  readonly reproduce: string | null
}

/** A metric, thinned for drawing. The arrays are of one length; null stands for NaN and infinity. */
export interface UiSeries {
  readonly metric: string
  readonly steps: readonly number[]
  /** Milliseconds since 1970. */
  readonly times: readonly number[]
  readonly values: readonly (number | null)[]
  /** How many points were logged. */
  readonly count: number
}

/** `GET /api/runs/:id/series` */
export interface UiSeriesList {
  readonly series: readonly UiSeries[]
}

export interface UiFile {
  /** Inside the run folder, with forward slashes. */
  readonly path: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** Of the recorded artifact of this path. */
  readonly sha256: string | null
  readonly kind: 'image' | 'page' | 'text' | 'data'
}

/** `GET /api/runs/:id/files` */
export interface UiFiles {
  readonly files: readonly UiFile[]
  /** Why there are none to show: the folder is on another machine, or gone. */
  readonly missing: string | null
}

/** `GET /api/compare`: the runs in the order asked for, and every key with one value per run. */
export interface UiComparison {
  readonly runs: readonly UiRunRow[]
  readonly config: readonly UiComparedKey[]
  readonly metrics: readonly UiComparedKey[]
  /** Ids that no run has. */
  readonly missing: readonly string[]
}

export type UiGoal = 'min' | 'max'

export interface UiComparedKey {
  readonly key: string
  /** By run; null too where a run lacks the key. */
  readonly values: readonly UiValue[]
  /** Whether the values are not all the same. */
  readonly differs: boolean
  /** Which end of a metric is the better one; null where that is not known. */
  readonly goal: UiGoal | null
}
