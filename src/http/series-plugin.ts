import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { UiSeries, UiSeriesList } from '../contracts/index.ts'
import type { RunStore, Series } from '../tracking/index.ts'
import { integerSchema, namesSchema, readQuery } from './read-query.ts'
import { getRun } from './run-rows.ts'

const seriesSchema = z.object({
  /** All where empty. */
  metrics: namesSchema,
  buckets: integerSchema(1, 5000).default(400),
  afterStep: integerSchema(0, 1e15).optional(),
})

/** The curves of a run. */
export async function seriesPlugin(app: FastifyInstance, { store }: { store: RunStore }) {
  app.get<{ Params: { id: string } }>(
    '/api/runs/:id/series',
    async ({ params, query }): Promise<UiSeriesList> => {
      const { metrics, buckets, afterStep } = readQuery(seriesSchema, query)
      const { record } = await getRun(store, params.id)
      const wanted = metrics.length === 0 ? undefined : metrics
      const series = await store.series(record.id, { metrics: wanted, buckets, afterStep })
      return { series: series.map(toJson) }
    },
  )
}

function toJson({ metric, steps, times, values, count }: Series): UiSeries {
  const drawn = Array.from(values, (value) => (Number.isFinite(value) ? value : null))
  return { metric, steps: Array.from(steps), times: Array.from(times), values: drawn, count }
}
