import { AtelierError } from '../core/index.ts'
import { canonicalMetric } from './metric-name.ts'

interface Metric {
  readonly name: string
  /** As it stands in a line. */
  readonly json: string
  /** Undefined: the last value was not finite. */
  last: number | undefined
  /** The call in which it was last seen: two names of one metric in one call are one value. */
  call: number
  hasWarned: boolean
}

/** What a program has logged so far, metric by metric: names are worked out once. */
export class LoggedValues {
  readonly #metrics = new Map<string, Metric>()
  readonly #warn: (message: string) => void
  #call = 0

  constructor(warn: (message: string) => void) {
    this.#warn = warn
  }

  /**
   * Gives each finite value to `use` and the line's values as JSON. A value that is NaN or infinite
   * is no point, and the metric has no last value until the next finite one.
   */
  take(
    values: Readonly<Record<string, number>>,
    use: (metric: string, value: number) => void,
  ): string {
    for (const key in values) {
      if (typeof values[key] !== 'number') throw notANumber(key, values[key])
    }
    const call = ++this.#call
    let json = ''
    for (const key in values) {
      const value = values[key]!
      const metric = this.#metrics.get(key) ?? this.#add(key)
      if (metric.call === call) continue
      metric.call = call
      if (Number.isFinite(value)) {
        metric.last = value
        json += `${json === '' ? '' : ','}${metric.json}:${value}`
        use(metric.name, value)
      } else this.#leaveOut(metric, value)
    }
    return json
  }

  /** The last value of each metric. */
  last(): Record<string, number> {
    const last: Record<string, number> = {}
    for (const { name, last: value } of this.#metrics.values()) {
      if (value !== undefined) last[name] = value
    }
    return last
  }

  #add(key: string): Metric {
    const name = canonicalMetric(key)
    if (name === '') throw invalid('A metric has an empty name.')
    const same = [...this.#metrics.values()].find((metric) => metric.name === name)
    const metric = same ?? {
      name,
      json: JSON.stringify(name),
      last: undefined,
      call: 0,
      hasWarned: false,
    }
    this.#metrics.set(key, metric)
    return metric
  }

  #leaveOut(metric: Metric, value: number): void {
    metric.last = undefined
    if (metric.hasWarned) return
    metric.hasWarned = true
    this.#warn(`${metric.name} is ${value}: values that are not finite are left out.`)
  }
}

function notANumber(key: string, value: unknown): AtelierError {
  return invalid(`${key} is ${JSON.stringify(value) ?? String(value)}, not a number.`)
}

export function invalid(message: string): AtelierError {
  return new AtelierError('RUN_VALUE_INVALID', message, {
    hint: 'Log numbers by name: run.log({ loss: 0.31 }, { step: 7 }), steps being whole and not negative.',
  })
}
