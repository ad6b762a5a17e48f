import { z } from 'zod'
import type { MetricsLine } from '../contracts/index.ts'
import { lineValues } from '../tracking/index.ts'

export const metricRowSchema = z.strictObject({
  step: z.int().nonnegative(),
  /** Of the last of its lines, ms. */
  time: z.number(),
  /** By the names that other trackers group by: `val/accuracy`. */
  values: z.record(z.string(), z.number()),
})
/** What was measured at one step, all metrics together; or what the machine did at a time. */
export type MetricRow = z.infer<typeof metricRowSchema>

export interface JoinedRows {
  /** Of steps to which nothing can be added any more. */
  readonly rows: readonly MetricRow[]
  /** Measurements of the machine: `cpu`, `memory`. */
  readonly system: readonly MetricRow[]
  /** The row of the last step. */
  readonly held: MetricRow | null
}

const SYSTEM = 'system.'

/**
 * Joins the lines of one step to one row, for trackers that take each step once. The row of the last
 * step is held back, to be given with the next lines; a step below it counts as that step.
 */
export function joinLines(from: MetricRow | null, lines: readonly MetricsLine[]): JoinedRows {
  const rows: MetricRow[] = []
  const system: MetricRow[] = []
  let held = from === null ? undefined : { ...from, values: { ...from.values } }
  for (const line of lines) {
    const { step, time } = line
    const values = lineValues(line)
    const ofMachine = values.filter(([name]) => name.startsWith(SYSTEM))
    if (ofMachine.length > 0) {
      const named = ofMachine.map(([name, value]) => [name.slice(SYSTEM.length), value] as const)
      system.push({ step, time, values: Object.fromEntries(named) })
    }
    const others = values.filter(([name]) => !name.startsWith(SYSTEM))
    if (others.length === 0) continue
    if (held !== undefined && step > held.step) {
      rows.push(held)
      held = undefined
    }
    held ??= { step, time, values: {} }
    held.time = time
    for (const [name, value] of others) held.values[groupedName(name)] = value
    if (line.type !== 'log') held.values['epoch'] = line.epoch
  }
  return { rows, system, held: held ?? null }
}

/** `val.accuracy` as `val/accuracy`: what stands before the slash is a group of charts elsewhere. */
export function groupedName(metric: string): string {
  return metric.replaceAll('.', '/')
}
