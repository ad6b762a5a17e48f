import { join } from 'node:path'
import { type RunEntry, type RunStore, readPoints, type Series } from '../tracking/index.ts'
import type { EpochRow } from './epoch-table.ts'

/** Up to four points each: more than any drawing shows. */
const BUCKETS = 2000

/**
 * Metrics of a run, thinned where they are very long. From the database, or from the folder of a
 * run that was named by its path and is not in it.
 */
export async function seriesOf(
  store: RunStore,
  { record: { id }, folder }: RunEntry,
  metrics?: readonly string[],
): Promise<readonly Series[]> {
  if ((await store.get(id)) !== undefined) return store.series(id, { metrics, buckets: BUCKETS })
  const points = await readPoints(join(folder, 'metrics.jsonl'))
  return points
    .filter(({ metric }) => metrics === undefined || metrics.includes(metric))
    .map((series) => ({ ...series, count: series.values.length }))
}

/** The epochs of a training; none of a run that has not all the metrics of one. */
export function epochRows(
  series: readonly Series[],
  { record: { best } }: Pick<RunEntry, 'record'>,
): EpochRow[] {
  const named = new Map(series.map((one) => [one.metric, one]))
  const steps = named.get('val.loss')?.steps ?? new Float64Array()
  const value = (metric: string, at: number) => named.get(metric)?.values[at] ?? Number.NaN
  return Array.from(steps, (step, at) => ({
    epoch: at + 1,
    step,
    train_loss: value('train.loss', at),
    train_accuracy: value('train.accuracy', at),
    val_loss: value('val.loss', at),
    val_accuracy: value('val.accuracy', at),
    images_per_second: value('images_per_second', at),
    best: best?.epoch === at + 1,
  }))
}
