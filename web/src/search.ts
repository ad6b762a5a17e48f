/**
 * What the address holds of each page. A value that is the default is left out of the address; one
 * that makes no sense is read as the default.
 */
export type Axis = 'step' | 'time'
export type RunTab = 'curves' | 'config' | 'files' | 'details'

export interface CurveSearch {
  /** 0 to 0.999: how much of the past a point keeps. */
  readonly smooth?: number
  readonly log?: boolean
  readonly x?: Axis
}

export interface RunsSearch {
  readonly q?: string
  /** A key; `-key` is the largest first. */
  readonly sort?: string
  /** Separated by commas. */
  readonly cols?: string
  readonly sel?: string
}

export interface RunSearch extends CurveSearch {
  readonly tab?: RunTab
  /** Shows only configuration keys with this in them. */
  readonly find?: string
  /** The file that is shown. */
  readonly file?: string
}

export interface CompareSearch extends CurveSearch {
  readonly ids?: string
  /** Also the keys that are the same in all runs. */
  readonly all?: boolean
  /** Metrics to draw; the first few where absent. */
  readonly metrics?: string
  /** Axes of the parallel coordinates. */
  readonly axes?: string
}

/** Changes part of what the address holds; `undefined` takes it out. */
export type ChangeSearch<S> = (part: { [K in keyof S]?: S[K] | undefined }) => void

type Given = Readonly<Record<string, unknown>>

export function readRunsSearch(given: Given): RunsSearch {
  return tidy({
    q: text(given['q']),
    sort: text(given['sort']),
    cols: text(given['cols']),
    sel: text(given['sel']),
  })
}

export function readRunSearch(given: Given): RunSearch {
  return tidy({
    tab: oneOf(given['tab'], ['config', 'files', 'details']),
    find: text(given['find']),
    file: text(given['file']),
    ...readCurveSearch(given),
  })
}

export function readCompareSearch(given: Given): CompareSearch {
  return tidy({
    ids: text(given['ids']),
    all: flag(given['all']),
    metrics: text(given['metrics']),
    axes: text(given['axes']),
    ...readCurveSearch(given),
  })
}

function readCurveSearch(given: Given): CurveSearch {
  const smooth = Number(given['smooth'])
  return tidy({
    smooth: smooth > 0 && smooth < 1 ? Math.min(smooth, 0.999) : undefined,
    log: flag(given['log']),
    x: oneOf(given['x'], ['time']),
  })
}

/** Stands for an empty list, where nothing stands for the usual one. */
const NONE = '-'

/** `a,b,c`, each once. */
export function splitNames(names: string | undefined): string[] {
  return [...new Set((names ?? '').split(',').filter((name) => name !== '' && name !== NONE))]
}

export function joinNames(names: readonly string[]): string {
  return names.length === 0 ? NONE : names.join(',')
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return String(value)
}

function flag(value: unknown): true | undefined {
  return value === true || value === 'true' || value === 1 || value === '1' ? true : undefined
}

function oneOf<const T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === value)
}

type Tidied<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function tidy<T extends object>(search: T): Tidied<T> {
  const kept = Object.entries(search).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as Tidied<T>
}
