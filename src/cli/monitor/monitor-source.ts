import type { MonitorSource, ProjectConfig } from '../../contracts/index.ts'
import {
  type AlertStore,
  buildDriftReport,
  driftPage,
  type WatchCounts,
} from '../../monitoring/index.ts'
import type { CommandContext } from '../context.ts'
import { loadComparison } from './load-comparison.ts'
import { openLog } from './open-log.ts'
import { parseTime } from './parse-time.ts'

export interface MonitorParts {
  readonly store: AlertStore
  readonly log: string | undefined
  readonly reference: string | undefined
  readonly counts: () => WatchCounts
}

const CHECKS = 200
const EVENTS = 100

/** Reads everything anew for every answer: what was logged a moment ago is in it. */
export function monitorSource(
  context: CommandContext,
  config: ProjectConfig,
  { store, log, reference, counts }: MonitorParts,
): MonitorSource {
  const { csv, stored, name } = openLog(context, config, log)
  const { alerts } = config
  const now = () => context.clock.now()
  const findings = async ({ windows, ...query }: Parameters<MonitorSource['history']>[0]) => {
    const choice = { log, reference, ...queryOf(query) }
    const compared = await loadComparison(context, config, choice)
    const options = { now: now(), parts: windows }
    return buildDriftReport(compared.reference, compared.window, options)
  }
  return {
    description: name,
    drift: async (query) => {
      const { report, evidently } = await findings(query)
      return { report, evidently, page: driftPage(report) }
    },
    history: async ({ checks = CHECKS, ...query }) => {
      const time = (key: 'from' | 'to') => query[key] && parseTime(key, query[key], now())
      const past = { last: checks, from: time('from') || undefined, to: time('to') || undefined }
      return {
        checks: await store.checks(past),
        windows: query.windows === undefined ? [] : (await findings(query)).report.over_time,
      }
    },
    alerts: () => store.alerts(alerts, EVENTS),
    acknowledge: (alert, by) => store.acknowledge(alert, by, alerts, now()),
    state: async () => ({
      check: (await store.checks({ last: 1 }))[0],
      alerts: (await store.alerts(alerts, 0)).alerts,
      deliveries: await store.deliveries(),
      counts: counts(),
    }),
    probe: async () => {
      if (csv === undefined) await stored((log) => log.models())
      else for await (const _ of csv.open()) break
    },
  }
}

function queryOf({ last, from, to, model }: Parameters<MonitorSource['drift']>[0]) {
  return { last, from, to, model }
}
