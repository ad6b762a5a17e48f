import type { ProjectConfig } from '../../contracts/index.ts'
import { toAtelierError } from '../../core/index.ts'
import {
  type CsvSource,
  type MonitoredLog,
  readCsvWindow,
  readWindow,
} from '../../monitoring/index.ts'
import type { CommandContext } from '../context.ts'
import { referenceOf, wantedModel } from './load-comparison.ts'
import { openLog } from './open-log.ts'

export interface WatchedLog {
  readonly log: string | undefined
  readonly model: string | undefined
  readonly reference: string | undefined
}

/** The log as checks look at it, read anew each time. Throws LOG_INVALID. */
export function monitoredLog(
  context: CommandContext,
  config: ProjectConfig,
  watched: WatchedLog,
): MonitoredLog {
  const { csv, stored } = openLog(context, config, watched.log)
  const reference: MonitoredLog['reference'] = (window) =>
    referenceOf(context, config, window, watched.reference)
  if (csv !== undefined) return csvLog(csv, reference)
  return {
    reference,
    window: (query) =>
      stored(async (store) =>
        readWindow(store, await wantedModel(context, config, store, watched.model), query),
      ),
    count: (from) =>
      stored(async (store) => {
        let count = 0
        for await (const rows of store.scan({ from })) count += rows.count
        return count
      }),
    last: () => stored(async (store) => (await store.models())[0]?.last),
    requests: (from) => stored((store) => store.requests(from, Number.MAX_SAFE_INTEGER)),
  }
}

/** What no CSV log has: requests, latencies, labels. */
function csvLog(csv: CsvSource, reference: MonitoredLog['reference']): MonitoredLog {
  const window: MonitoredLog['window'] = (query) => readCsvWindow(csv, query)
  const timesOf = async (query: Parameters<typeof window>[0]) =>
    window(query).then(
      ({ times }) => times,
      (error: unknown) => {
        if (toAtelierError(error).code === 'WINDOW_EMPTY') return new Float64Array(0)
        throw error
      },
    )
  return {
    ...{ reference, window },
    count: async (from) => (await timesOf({ from })).length,
    last: async () => lastOf(await timesOf({})),
    requests: async () => undefined,
  }
}

/** Lines without a time do not count. */
function lastOf(times: Float64Array): number | undefined {
  const known = times.filter((time) => !Number.isNaN(time))
  return known.length === 0 ? undefined : known.reduce((a, b) => Math.max(a, b))
}
