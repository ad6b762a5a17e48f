import { sql } from 'kysely'
import { canonicalMetric } from '../metric-name.ts'
import type { Series, SeriesQuery } from '../run-store.ts'
import { decodePoints } from './metric-chunks.ts'
import { storable } from './store-text.ts'
import type { RunTransaction } from './tables.ts'
import { joinPoints, type PointArrays, pointsBetween, thin } from './thin-series.ts'

/** The thinned metrics of a run, sorted by name. Metrics without points after `afterStep` are left out. */
export async function readSeries(
  db: RunTransaction,
  run: number,
  { metrics, buckets, afterStep = Number.NEGATIVE_INFINITY }: SeriesQuery,
): Promise<Series[]> {
  const names = metrics?.map((name) => storable(canonicalMetric(name)))
  if (names?.length === 0) return []
  const found = await db
    .selectFrom('run_metrics')
    .innerJoin('metric_chunks', 'metric_chunks.metric', 'run_metrics.id')
    .select(['run_metrics.id', 'run_metrics.metric', 'run_metrics.count'])
    .select((eb) => eb.fn.countAll<number>().as('chunks'))
    .where('run_metrics.run', '=', run)
    .where('max_step', '>', afterStep)
    .$if(names !== undefined, (query) => query.where('run_metrics.metric', 'in', names!))
    .groupBy(['run_metrics.id', 'run_metrics.metric', 'run_metrics.count'])
    .orderBy('run_metrics.metric')
    .execute()
  const series: Series[] = []
  for (const { id, metric, count, chunks } of found) {
    const points = await readThinned(db, id, { buckets, chunks, afterStep })
    series.push({ metric, count, ...points })
  }
  return series
}

interface Thinning {
  readonly buckets: number
  readonly chunks: number
  readonly afterStep: number
}

/** Of a long metric, buckets are made of whole chunks, and only their peaks are read. */
async function readThinned(
  db: RunTransaction,
  metric: number,
  { buckets, chunks, afterStep }: Thinning,
): Promise<PointArrays> {
  const isLong = chunks > buckets
  const column = isLong
    ? // a chunk that begins before the step is needed whole
      sql<Uint8Array>`case when min_step > ${afterStep} then peaks else points end`
    : sql<Uint8Array>`points`
  const rows = await db
    .selectFrom('metric_chunks')
    .select(column.as('bytes'))
    .where('metric', '=', metric)
    .where('max_step', '>', afterStep)
    .orderBy('sequence')
    .execute()
  const parts = rows.map(({ bytes }) =>
    pointsBetween(decodePoints(bytes), afterStep, Number.POSITIVE_INFINITY),
  )
  if (!isLong) return thin(joinPoints(parts), buckets)
  const groups = Array.from({ length: buckets }, (_, bucket) =>
    parts.slice(
      Math.floor((bucket * parts.length) / buckets),
      Math.floor(((bucket + 1) * parts.length) / buckets),
    ),
  )
  return joinPoints(groups.map((group) => thin(joinPoints(group), 1)))
}
