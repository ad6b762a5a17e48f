import type { FastifyInstance } from 'fastify'
import type { UiKeys } from '../contracts/index.ts'
import { canonicalMetric, type RunStore, recordKeys } from '../tracking/index.ts'

/** How many of the newest runs are asked for the names of their metrics. */
const SAMPLE = 100

/** What can be filtered by, sorted by and shown. */
export async function keysPlugin(app: FastifyInstance, { store }: { store: RunStore }) {
  app.get('/api/keys', async (): Promise<UiKeys> => {
    const keys = await store.keys()
    const { entries } = await store.find({ limit: SAMPLE })
    const names = entries.flatMap(({ record }) => Object.keys(record.summary))
    const metrics = new Set(names.map(canonicalMetric))
    return {
      fields: [...recordKeys].sort(),
      config: keys.filter((key) => !metrics.has(key)).sort(),
      metrics: [...metrics].sort(),
    }
  })
}
