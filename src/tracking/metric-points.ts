import type { MetricsLine } from '../contracts/index.ts'
import { canonicalMetric } from './metric-name.ts'
import type { Points } from './run-store.ts'

interface Column {
  readonly steps: number[]
  readonly times: number[]
  readonly values: number[]
}

/** Metrics on their way to the store: lines go in, one series per metric comes out. */
export class PointColumns {
  readonly #columns = new Map<string, Column>()
  #count = 0

  /** Points of all metrics together. */
  get count(): number {
    return this.#count
  }

  addLine(line: MetricsLine): void {
    const { step, time } = line
    for (const [metric, value] of lineValues(line)) this.add(metric, step, time, value)
  }

  /** `metric` is its one name already; `time` in milliseconds since 1970. */
  add(metric: string, step: number, time: number, value: number): void {
    let column = this.#columns.get(metric)
    if (column === undefined) {
      column = { steps: [], times: [], values: [] }
      this.#columns.set(metric, column)
    }
    column.steps.push(step)
    column.times.push(time)
    column.values.push(value)
    this.#count++
  }

  /** Takes everything out. */
  take(): Points[] {
    const points = [...this.#columns].map(([metric, { steps, times, values }]) => ({
      metric,
      steps: Float64Array.from(steps),
      times: Float64Array.from(times),
      values: Float64Array.from(values),
    }))
    this.#columns.clear()
    this.#count = 0
    return points
  }
}

/** What a line of `metrics.jsonl` says, by the one name of each metric. */
export function lineValues(line: MetricsLine): readonly (readonly [string, number])[] {
  switch (line.type) {
    case 'step':
      return [
        ['batch.loss', line.loss],
        ['batch.accuracy', line.accuracy],
        ['learning_rate', line.learning_rate],
      ]
    case 'epoch':
      return Object.entries(epochValues(line))
    case 'log':
      return Object.entries(line.values).map(([name, value]) => [canonicalMetric(name), value])
  }
}

/** The metrics of an epoch by name: what a run's summary holds of its best one. */
export function epochValues(line: Extract<MetricsLine, { type: 'epoch' }>): Record<string, number> {
  return {
    'train.loss': line.train_loss,
    'train.accuracy': line.train_accuracy,
    'val.loss': line.val_loss,
    'val.accuracy': line.val_accuracy,
    images_per_second: line.images_per_second,
  }
}
