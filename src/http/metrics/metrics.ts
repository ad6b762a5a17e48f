/**
 * Counters, gauges and histograms in Prometheus' text format. A few, known beforehand, and counted at
 * every request: so a histogram's observation is one comparison per bucket and nothing else.
 */
export type Labels = Readonly<Record<string, string>>

export interface Counter {
  add(amount: number, labels?: Labels): void
  /** Of all labels together. */
  total(): number
}

export interface Histogram {
  observe(value: number, labels?: Labels): void
}

export interface GaugeSample {
  readonly value: number
  readonly labels?: Labels
}

interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** `name{labels} value`, one line each. */
  lines(): Iterable<string>
}

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const NO_LABELS: Labels = {}

/** The metrics of a process. Names are Prometheus': base units, `_total` for counters. */
export class MetricRegistry {
  readonly #metrics: Metric[] = []

  counter(name: string, help: string): Counter {
    const series = new SeriesMap(() => ({ value: 0 }))
    this.#metrics.push({
      name,
      help,
      type: 'counter',
      lines: () => series.map((text, { value }) => [`${name}${text} ${value}`]),
    })
    return {
      add: (amount, labels = NO_LABELS) => {
        series.of(labels).value += amount
      },
      total: () => series.map((_, { value }) => [value]).reduce((sum, value) => sum + value, 0),
    }
  }

  /** Asked when the metrics are read; undefined samples are left out. */
  gauge(name: string, help: string, read: () => readonly GaugeSample[]): void {
    this.#collected(name, help, 'gauge', read)
  }

  /** A counter that somebody else keeps. */
  kept(name: string, help: string, read: () => readonly GaugeSample[]): void {
    this.#collected(name, help, 'counter', read)
  }

  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const series = new SeriesMap(() => ({
      counts: new Float64Array(bounds.length + 1),
      sum: 0,
    }))
    this.#metrics.push({
      name,
      help,
      type: 'histogram',
      lines: () =>
        series.map((_, { counts, sum }, labels) =>
          histogramLines(name, labels, bounds, counts, sum),
        ),
    })
    return {
      observe: (value, labels = NO_LABELS) => {
        const entry = series.of(labels)
        let at = 0
        while (at < bounds.length && value > bounds[at]!) at++
        entry.counts[at]! += 1
        entry.sum += value
      },
    }
  }

  /** All of them, as Prometheus reads them. */
  text(): string {
    return this.#metrics
      .map(({ name, help, type, lines }) =>
        [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines(), ''].join('\n'),
      )
      .join('')
  }

  #collected(
    name: string,
    help: string,
    type: 'counter' | 'gauge',
    read: () => readonly GaugeSample[],
  ): void {
    this.#metrics.push({
      name,
      help,
      type,
      lines: () => read().map(({ value, labels = {} }) => `${name}${labelText(labels)} ${value}`),
    })
  }
}

/** One entry per set of labels. Callers pass the same label objects again, which are known by identity. */
class SeriesMap<T> {
  readonly #make: () => T
  readonly #byText = new Map<string, { readonly entry: T; readonly labels: Labels }>()
  readonly #byObject = new WeakMap<Labels, T>()

  constructor(make: () => T) {
    this.#make = make
  }

  of(labels: Labels): T {
    const known = this.#byObject.get(labels)
    if (known !== undefined) return known
    const text = labelText(labels)
    let found = this.#byText.get(text)
    if (found === undefined) {
      found = { entry: this.#make(), labels }
      this.#byText.set(text, found)
    }
    this.#byObject.set(labels, found.entry)
    return found.entry
  }

  map<R>(change: (text: string, entry: T, labels: Labels) => readonly R[]): R[] {
    return [...this.#byText].flatMap(([text, { entry, labels }]) => change(text, entry, labels))
  }
}

function histogramLines(
  name: string,
  labels: Labels,
  bounds: readonly number[],
  counts: Float64Array,
  sum: number,
): string[] {
  let count = 0
  const buckets = [...counts].map((inBucket, at) => {
    count += inBucket
    const le = at < bounds.length ? String(bounds[at]) : '+Inf'
    return `${name}_bucket${labelText({ ...labels, le })} ${count}`
  })
  const text = labelText(labels)
  return [...buckets, `${name}_sum${text} ${sum}`, `${name}_count${text} ${count}`]
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}="${escapeLabel(value)}"`)
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
