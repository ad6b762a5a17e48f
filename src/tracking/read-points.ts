import { PointColumns } from './metric-points.ts'
import { streamMetrics } from './metrics-log.ts'
import type { Points } from './run-store.ts'

/** All metrics in a `metrics.jsonl`, whole; none where there is no such file. */
export async function readPoints(path: string): Promise<readonly Points[]> {
  const columns = new PointColumns()
  for await (const line of streamMetrics(path)) columns.addLine(line)
  return columns.take()
}
