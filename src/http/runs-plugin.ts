import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { UiBest, UiRun, UiRunPage } from '../contracts/index.ts'
import { parseFilter, type RunEntry, type RunStore, valuesOf } from '../tracking/index.ts'
import { flatConfig } from './flat-config.ts'
import { goalOf } from './metric-goal.ts'
import { integerSchema, namesSchema, readQuery } from './read-query.ts'
import { getRun, rowOf } from './run-rows.ts'

const filterSchema = z
  .string()
  .max(2000)
  .default('')
  .transform((text) => (text.trim() === '' ? undefined : parseFilter(text)))

const listSchema = z.object({
  filter: filterSchema,
  /** A key; `-key` is the largest first. */
  sort: z.string().max(400).default(''),
  offset: integerSchema(0, 1e9).default(0),
  limit: integerSchema(0, 500).default(100),
  columns: namesSchema,
  trashed: z.enum(['0', '1']).default('0'),
})

const bestSchema = z.object({ filter: filterSchema, columns: namesSchema })

/** The table of runs, and one run. */
export async function runsPlugin(app: FastifyInstance, { store }: { store: RunStore }) {
  app.get('/api/runs', async (request): Promise<UiRunPage> => {
    const { filter, sort, offset, limit, columns, trashed } = readQuery(listSchema, request.query)
    const page = await store.find({
      filter,
      sort: readSort(sort),
      offset,
      limit,
      trashed: trashed === '1',
    })
    return { rows: page.entries.map((entry) => rowOf(entry, columns)), total: page.total, offset }
  })
  app.get('/api/best', async (request): Promise<UiBest> => {
    const { filter, columns } = readQuery(bestSchema, request.query)
    const found = await Promise.all(columns.map((key) => bestOf(store, filter, key)))
    return { best: Object.fromEntries(found.flat()) }
  })
  app.get<{ Params: { id: string } }>(
    '/api/runs/:id',
    async ({ params }): Promise<UiRun> => describeRun(await getRun(store, params.id)),
  )
}

function readSort(text: string) {
  if (text === '') return undefined
  const descending = text.startsWith('-')
  return { key: descending ? text.slice(1) : text, descending }
}

type Filter = z.output<typeof filterSchema>

async function bestOf(store: RunStore, filter: Filter, key: string) {
  const goal = goalOf(key)
  if (goal === null) return []
  const sort = { key, descending: goal === 'max' }
  const { entries } = await store.find({ filter, sort, limit: 1 })
  const value = entries[0] === undefined ? undefined : valuesOf(entries[0]).get(key)
  return typeof value === 'number' ? [[key, { id: entries[0]!.record.id, value }] as const] : []
}

function describeRun(entry: RunEntry): UiRun {
  const { record, trashed, folder, overrides, provenance } = entry
  const origins = new Map(provenance.map(({ key, origin }) => [key, origin]))
  const config = [...flatConfig(entry)].map(([key, value]) => ({
    key,
    value,
    origin: origins.get(key) ?? null,
  }))
  // what trained it is known of runs with an architecture only
  const reproduce = record.architecture === null ? null : `atelier runs reproduce ${record.id}`
  return { record, trashed, folder, config, overrides, reproduce }
}
