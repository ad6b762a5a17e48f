import { readdir, readFile, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeFileAtomic } from '../core/index.ts'

/** One operator type's share of the profiled steps. */
export interface OperatorTime {
  readonly operator: string
  readonly calls: number
  readonly milliseconds: number
  readonly share: number
}

export interface Profile {
  readonly steps: number
  readonly trace: string
  readonly operators: readonly OperatorTime[]
}

interface TraceEvent {
  readonly cat?: string
  readonly name?: string
  /** Microseconds. */
  readonly dur?: number
  readonly args?: { readonly op_name?: string }
}

/** Where onnxruntime is told to write its trace; it appends the time and `.json`. */
export const tracePrefix = (folder: string) => join(folder, 'onnxruntime')

/**
 * Turns onnxruntime's finished trace of `steps` steps into `trace.json`, which a browser's profiler
 * opens (chrome://tracing, ui.perfetto.dev), and a table of operators as JSON and text.
 */
export async function collectProfile(folder: string, steps: number): Promise<Profile> {
  const prefix = tracePrefix(folder)
  const names = await readdir(dirname(prefix))
  const written = names.filter((name) => name.startsWith(`${basename(prefix)}_`)).sort()
  const trace = join(folder, 'trace.json')
  await rename(join(folder, written.at(-1)!), trace)
  const events = JSON.parse(await readFile(trace, 'utf8')) as readonly TraceEvent[]
  const operators = sumByOperator(events)
  const profile = { steps, trace, operators }
  await writeFileAtomic(join(folder, 'operators.json'), `${JSON.stringify(profile, null, 2)}\n`)
  await writeFileAtomic(join(folder, 'operators.txt'), profileText(profile))
  return profile
}

/** Kernel times by operator type, the slowest first. */
export function sumByOperator(events: readonly TraceEvent[]): OperatorTime[] {
  const sums = new Map<string, { calls: number; milliseconds: number }>()
  for (const { cat, name, dur = 0, args } of events) {
    const operator = args?.op_name
    if (cat !== 'Node' || operator === undefined || !name?.endsWith('_kernel_time')) continue
    const sum = sums.get(operator) ?? { calls: 0, milliseconds: 0 }
    sums.set(operator, { calls: sum.calls + 1, milliseconds: sum.milliseconds + dur / 1000 })
  }
  const total = [...sums.values()].reduce((all, { milliseconds }) => all + milliseconds, 0)
  return [...sums]
    .map(([operator, sum]) => ({ operator, ...sum, share: total && sum.milliseconds / total }))
    .sort((a, b) => b.milliseconds - a.milliseconds)
}

function profileText({ steps, operators }: Profile): string {
  const lines = operators.map(
    ({ operator, calls, milliseconds, share }) =>
      `${operator.padEnd(28)}${String(calls).padStart(8)}${milliseconds.toFixed(1).padStart(12)}${(milliseconds / steps).toFixed(3).padStart(12)}${(100 * share).toFixed(1).padStart(8)}`,
  )
  const head = `${'operator'.padEnd(28)}${'calls'.padStart(8)}${'total ms'.padStart(12)}${'ms a step'.padStart(12)}${'%'.padStart(8)}`
  return `${steps} steps\n${[head, ...lines].join('\n')}\n`
}
