import type { FastifyInstance } from 'fastify'
import type { MonitorSource, MonitorState } from '../../contracts/index.ts'
import type { Clock } from '../../core/index.ts'
import { type GaugeSample, METRICS_TYPE, MetricRegistry } from '../metrics/metrics.ts'
import { addProcessMetrics } from '../metrics/process-metrics.ts'

const LEVELS = ['ok', 'watch', 'drift', 'unjudged'] as const

/** The newest check, the alerts and the process, as Prometheus reads them. */
export async function monitorMetricsPlugin(
  app: FastifyInstance,
  { source, clock }: { readonly source: MonitorSource; readonly clock: Clock },
): Promise<void> {
  const metrics = new MetricRegistry()
  let state: MonitorState | undefined
  addMonitorMetrics(metrics, () => state!)
  addProcessMetrics(metrics, clock)
  app.get('/metrics', { config: { access: 'token' } }, async (_, reply) => {
    state = await source.state()
    reply.header('content-type', METRICS_TYPE)
    return metrics.text()
  })
}

function addMonitorMetrics(metrics: MetricRegistry, state: () => MonitorState): void {
  const ofCheck =
    (read: (check: NonNullable<MonitorState['check']>) => readonly GaugeSample[]) => () => {
      const { check } = state()
      return check === undefined ? [] : read(check)
    }
  const gauge = (name: string, help: string, read: () => readonly GaugeSample[]) =>
    metrics.gauge(name, help, read)
  gauge(
    'atelier_drift_verdict',
    'Verdict of the newest check: 1 for the one that holds.',
    ofCheck(({ verdict }) =>
      LEVELS.map((level) => ({ value: Number(level === verdict), labels: { verdict: level } })),
    ),
  )
  gauge(
    'atelier_drift_p',
    'Chance of a window as unusual when nothing has changed.',
    ofCheck(({ p }) => [{ value: p }]),
  )
  gauge(
    'atelier_drift_window_rows',
    'Predictions that the newest check judged.',
    ofCheck(({ rows }) => [{ value: rows }]),
  )
  gauge(
    'atelier_drift_effect',
    "Cliff's delta against the reference, -1 to 1; of the class mix the total variation.",
    ofCheck(({ effects }) =>
      effects.map(({ name, kind, effect }) => ({ value: effect, labels: { feature: name, kind } })),
    ),
  )
  gauge(
    'atelier_live_accuracy',
    'Accuracy on predictions whose labels came.',
    ofCheck(({ live }) => (live === null ? [] : [{ value: live.accuracy }])),
  )
  gauge(
    'atelier_monitor_last_check_timestamp_seconds',
    'When the newest check was made, by whichever process.',
    ofCheck(({ time }) => [{ value: Date.parse(time) / 1000 }]),
  )
  addAlertMetrics(metrics, state)
}

function addAlertMetrics(metrics: MetricRegistry, state: () => MonitorState): void {
  metrics.gauge('atelier_alert_firing', 'Whether the alert of a rule fires.', () =>
    state().alerts.map(({ rule, severity, status }) => ({
      value: Number(status === 'firing'),
      labels: { rule, severity },
    })),
  )
  metrics.gauge('atelier_alert_acknowledged', 'Whether somebody has seen the alert.', () =>
    state().alerts.map(({ rule, acknowledged }) => ({
      value: Number(acknowledged !== null),
      labels: { rule },
    })),
  )
  metrics.gauge('atelier_alert_deliveries', 'Deliveries of alerts by what became of them.', () =>
    Object.entries(state().deliveries).map(([name, value]) => ({ value, labels: { state: name } })),
  )
  metrics.kept('atelier_monitor_checks_total', 'Checks this process made.', () => [
    { value: state().counts.checks },
  ])
  metrics.kept('atelier_monitor_check_failures_total', 'Checks that could not be made.', () => [
    { value: state().counts.failures },
  ])
  metrics.gauge('atelier_monitor_leads', 'Whether this process is the one that checks.', () => [
    { value: Number(state().counts.leads) },
  ])
}
