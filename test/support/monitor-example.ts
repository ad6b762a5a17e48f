/** What a drift service asks, without a log behind it. */
import type {
  AlertStatus,
  DriftAnswer,
  DriftCheck,
  MonitorSource,
} from '../../src/contracts/index.ts'
import { AtelierError, createRandom } from '../../src/core/index.ts'
import { buildDriftReport, driftPage } from '../../src/monitoring/index.ts'

const ROWS = 100
const NOW = Date.UTC(2026, 10, 25, 8)

/** A report over two features that have not changed. */
export function driftAnswer(): DriftAnswer {
  const rowsOf = (seed: number) => {
    const random = createRandom(seed, 'drift')
    const column = () => Float64Array.from({ length: ROWS }, () => random.uniform())
    return { count: ROWS, features: { avg_brightness: column(), contrast: column() } }
  }
  const { report, evidently } = buildDriftReport(
    { source: 'reference.csv', run: null, rows: rowsOf(1), accuracy: null },
    {
      ...{ source: 'log.csv', model: null, rows: rowsOf(2) },
      times: Float64Array.from({ length: ROWS }, (_, row) => NOW + 1000 * row),
      latencies: new Float64Array(0),
      ...{ labelled: 0, right: 0, lost: 0 },
    },
    { now: NOW },
  )
  return { report, page: driftPage(report), evidently }
}

export const firingAlert: AlertStatus = {
  ...{ rule: 'drift', signal: 'drift', severity: 'warning', status: 'firing', alert: 'a1' },
  since: '2026-11-25T08:00:00.000Z',
  ...{ acknowledged: null, value: 2, message: 'drift: contrast "rose"' },
}

export const driftCheck: DriftCheck = {
  ...{ time: '2026-11-25T08:00:00.000Z', model: null, verdict: 'drift', reason: 'contrast rose' },
  ...{ p: 0.001, rows: 1000, first: null, last: null, failure: null },
  effects: [{ name: 'contrast', kind: 'feature', effect: 0.4, drifted: true }],
  live: { accuracy: 0.9, low: 0.85, high: 0.94, labelled: 200 },
}

/** One alert fires, and nothing was checked yet. */
export function monitorExample(answer: DriftAnswer): MonitorSource {
  return {
    description: 'a log',
    drift: async () => answer,
    probe: async () => {},
    history: async () => ({ checks: [], windows: [] }),
    alerts: async () => ({ alerts: [firingAlert], events: [] }),
    acknowledge: async (id, by) => {
      if (id !== 'a1') throw new AtelierError('ALERT_NOT_FOUND', `No alert ${id} fires.`)
      return { ...firingAlert, acknowledged: { by, time: '2026-11-25T08:01:00.000Z' } }
    },
    state: async () => ({
      check: undefined,
      alerts: [firingAlert],
      deliveries: { pending: 1, delivered: 2, failed: 0 },
      counts: { leads: true, checks: 7, failures: 3 },
    }),
  }
}
