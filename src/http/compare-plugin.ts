import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { UiComparedKey, UiComparison, UiValue } from '../contracts/index.ts'
import { canonicalMetric, type RunEntry, type RunStore, valuesOf } from '../tracking/index.ts'
import { flatConfig } from './flat-config.ts'
import { goalOf } from './metric-goal.ts'
import { namesSchema, readQuery } from './read-query.ts'
import { rowOf } from './run-rows.ts'

const compareSchema = z.object({ ids: namesSchema })

/** Some runs side by side. */
export async function comparePlugin(app: FastifyInstance, { store }: { store: RunStore }) {
  app.get('/api/compare', async (request): Promise<UiComparison> => {
    const { ids } = readQuery(compareSchema, request.query)
    const found = await Promise.all(ids.map((id) => store.get(id)))
    const entries = found.filter((entry) => entry !== undefined)
    return {
      runs: entries.map((entry) => rowOf(entry, ['seconds', 'best.epoch'])),
      config: compareConfig(entries),
      metrics: compareMetrics(entries),
      missing: ids.filter((_, at) => found[at] === undefined),
    }
  })
}

function compareConfig(entries: readonly RunEntry[]): UiComparedKey[] {
  const flat = entries.map(flatConfig)
  return compareKeys(flat).map((row) => ({ ...row, goal: null }))
}

function compareMetrics(entries: readonly RunEntry[]): UiComparedKey[] {
  const metrics = entries.map((entry) => {
    const values = valuesOf(entry)
    const names = Object.keys(entry.record.summary).map(canonicalMetric)
    return new Map(names.map((name) => [name, values.get(name) ?? null]))
  })
  return compareKeys(metrics).map((row) => ({ ...row, goal: goalOf(row.key) }))
}

/** Every key of any run, in the order of first appearance. */
function compareKeys(runs: readonly ReadonlyMap<string, UiValue>[]) {
  const keys = new Set(runs.flatMap((run) => [...run.keys()]))
  return [...keys].map((key) => {
    const given = runs.map((run) => run.get(key))
    return {
      key,
      values: given.map((value) => value ?? null),
      differs: given.some((value) => value !== given[0]),
    }
  })
}
