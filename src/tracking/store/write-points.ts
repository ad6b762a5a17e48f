import { canonicalMetric } from '../metric-name.ts'
import type { Points } from '../run-store.ts'
import { CHUNK_POINTS, decodePoints, toChunks } from './metric-chunks.ts'
import { storable } from './store-text.ts'
import type { RunTransaction } from './tables.ts'
import { joinPoints, type PointArrays, pointsBetween } from './thin-series.ts'

const ROWS_AT_ONCE = 64

/** Appends points to a run's metrics: three statements, however many metrics there are. */
export async function appendPoints(
  db: RunTransaction,
  run: number,
  points: readonly Points[],
): Promise<void> {
  const added = byMetric(points)
  if (added.size === 0) return
  // in order, so that two writers never wait for each other in a ring
  const names = [...added.keys()].sort()
  const metrics = await db
    .insertInto('run_metrics')
    .values(names.map((metric) => ({ run, metric, count: added.get(metric)!.values.length })))
    .onConflict((conflict) =>
      conflict.columns(['run', 'metric']).doUpdateSet((eb) => ({
        count: eb('run_metrics.count', '+', eb.ref('excluded.count')),
      })),
    )
    .returning(['id', 'metric'])
    .execute()
  const tails = await lastChunks(
    db,
    metrics.map(({ id }) => id),
  )
  const rows = metrics.flatMap(({ id, metric }) => {
    const tail = tails.get(id)
    const isOpen = tail !== undefined && tail.count < CHUNK_POINTS
    const all = isOpen
      ? joinPoints([decodePoints(tail.points), added.get(metric)!])
      : added.get(metric)!
    const first = tail === undefined ? 0 : tail.sequence + (isOpen ? 0 : 1)
    return toChunks(all).map((chunk, index) => ({ metric: id, sequence: first + index, ...chunk }))
  })
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    await db
      .insertInto('metric_chunks')
      .values(rows.slice(i, i + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.columns(['metric', 'sequence']).doUpdateSet((eb) => ({
          count: eb.ref('excluded.count'),
          min_step: eb.ref('excluded.min_step'),
          max_step: eb.ref('excluded.max_step'),
          peaks: eb.ref('excluded.peaks'),
          points: eb.ref('excluded.points'),
        })),
      )
      .execute()
  }
}

/** Points by the one name of their metric; those of one that is named twice are joined. */
function byMetric(points: readonly Points[]): Map<string, PointArrays> {
  const parts = new Map<string, PointArrays[]>()
  for (const entry of points) {
    if (entry.values.length === 0) continue
    const name = storable(canonicalMetric(entry.metric))
    parts.set(name, [...(parts.get(name) ?? []), entry])
  }
  return new Map([...parts].map(([name, arrays]) => [name, joinPoints(arrays)]))
}

async function lastChunks(db: RunTransaction, metrics: readonly number[]) {
  const rows = await db
    .selectFrom('metric_chunks as chunk')
    .select(['chunk.metric', 'chunk.sequence', 'chunk.count', 'chunk.points'])
    .where('chunk.metric', 'in', metrics)
    .where('chunk.sequence', '=', (eb) =>
      eb
        .selectFrom('metric_chunks as other')
        .select((inner) => inner.fn.max('other.sequence').as('last'))
        .whereRef('other.metric', '=', 'chunk.metric'),
    )
    .execute()
  return new Map(rows.map((row) => [row.metric, row]))
}

/** Forgets all points after a step. */
export async function dropPointsAfter(
  db: RunTransaction,
  run: number,
  step: number,
): Promise<void> {
  const touched = await db
    .selectFrom('metric_chunks')
    .innerJoin('run_metrics', 'run_metrics.id', 'metric_chunks.metric')
    .select(['metric_chunks.metric', 'metric_chunks.sequence', 'metric_chunks.points'])
    .where('run_metrics.run', '=', run)
    .where('max_step', '>', step)
    .execute()
  for (const { metric, sequence, points } of touched) {
    const kept = pointsBetween(decodePoints(points), Number.NEGATIVE_INFINITY, step)
    const chunk = toChunks(kept)[0]
    if (chunk === undefined) {
      await db
        .deleteFrom('metric_chunks')
        .where('metric', '=', metric)
        .where('sequence', '=', sequence)
        .execute()
    } else {
      await db
        .updateTable('metric_chunks')
        .set(chunk)
        .where('metric', '=', metric)
        .where('sequence', '=', sequence)
        .execute()
    }
  }
  for (const metric of new Set(touched.map((row) => row.metric))) await recount(db, metric)
}

async function recount(db: RunTransaction, metric: number): Promise<void> {
  const { count } = await db
    .selectFrom('metric_chunks')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('count'), eb.lit(0)).as('count'))
    .where('metric', '=', metric)
    .executeTakeFirstOrThrow()
  await db
    .updateTable('run_metrics')
    .set({ count: Number(count) })
    .where('id', '=', metric)
    .execute()
}
