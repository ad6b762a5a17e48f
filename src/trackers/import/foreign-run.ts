import type { RunStatus } from '../../contracts/index.ts'

/** Metrics of one step, by whatever names the other tracker has. */
export interface ForeignPoint {
  readonly step: number
  /** ms. */
  readonly time: number
  readonly values: Readonly<Record<string, number>>
}

export interface ForeignFile {
  /** With forward slashes. */
  readonly path: string
  read(): Promise<Uint8Array>
}

/** A run as another tracker tells it. */
export interface ForeignRun {
  /** `wandb:ID` or `mlflow:ID`, by which it is known again. */
  readonly origin: string
  readonly name: string
  readonly project: string
  readonly status: RunStatus
  /** ms. */
  readonly created: number
  readonly seconds: number
  readonly config: Readonly<Record<string, unknown>>
  /** Numbers of the summary; where there is none, the last value of each metric. */
  readonly summary: Readonly<Record<string, number>>
  readonly tags: readonly string[]
  readonly notes: string
  readonly command: readonly string[]
  readonly commit: string | null
  readonly remote: string | null
  readonly host: string
  readonly platform: string
  readonly points: readonly ForeignPoint[]
  readonly files: readonly ForeignFile[]
}

/** The numbers among values; what is nested is named with a point between. */
export function numbersOf(values: object, prefix = ''): Record<string, number> {
  const numbers: Record<string, number> = {}
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'number' && Number.isFinite(value)) numbers[prefix + key] = value
    // a picture or a table, told by its files
    else if (isPlain(value) && !('_type' in value)) {
      Object.assign(numbers, numbersOf(value, `${prefix}${key}.`))
    }
  }
  return numbers
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The last value of each metric. */
export function lastValues(points: readonly ForeignPoint[]): Record<string, number> {
  return Object.assign({}, ...points.map(({ values }) => values)) as Record<string, number>
}
