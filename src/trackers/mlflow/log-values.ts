import type { MetricsLine, RunRecord } from '../../contracts/index.ts'
import { flattenConfig, lineValues } from '../../tracking/index.ts'
import { groupedName } from '../metric-rows.ts'
import type { MlflowClient } from './mlflow-client.ts'

/** What one call may hold. */
const MOST_METRICS = 1000
const MOST_PARAMS = 100
const MOST_KEY = 250
const MOST_PARAM = 6000
const FORBIDDEN = /[^/\w.\- ]/g

/** The configuration as parameters: `model.type`, `hyperparameters.epochs`. The same value again is no error. */
export async function logParameters(
  client: MlflowClient,
  runId: string,
  config: Readonly<Record<string, unknown>>,
): Promise<void> {
  const params = [...flattenConfig(config)].map(([key, value]) => ({
    key: keyOf(key),
    value: (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, MOST_PARAM),
  }))
  for (const batch of batches(params, MOST_PARAMS)) {
    await client.send('POST', 'runs/log-batch', { run_id: runId, params: batch })
  }
}

/** Every value of the lines at its step and time. */
export async function logMetrics(
  client: MlflowClient,
  runId: string,
  lines: readonly MetricsLine[],
): Promise<void> {
  const metrics = lines.flatMap((line) =>
    lineValues(line).map(([name, value]) => ({
      key: keyOf(groupedName(name)),
      value,
      timestamp: Math.round(line.time),
      step: line.step,
    })),
  )
  for (const batch of batches(metrics, MOST_METRICS)) {
    await client.send('POST', 'runs/log-batch', { run_id: runId, metrics: batch })
  }
}

/** What stands for each metric in our lists, as `best/NAME`; the server's own lists show the last value. */
export async function logSummary(
  client: MlflowClient,
  runId: string,
  { summary, step, best, updated }: RunRecord,
): Promise<void> {
  if (best === null) return
  const metrics = Object.entries(summary).map(([name, value]) => ({
    key: keyOf(`best/${groupedName(name)}`),
    value,
    timestamp: Date.parse(updated),
    step,
  }))
  await client.send('POST', 'runs/log-batch', { run_id: runId, metrics })
}

const keyOf = (name: string) => name.replace(FORBIDDEN, '_').slice(0, MOST_KEY)

function* batches<T>(items: readonly T[], most: number): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += most) yield items.slice(i, i + most)
}
