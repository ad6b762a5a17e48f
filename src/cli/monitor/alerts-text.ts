import type {
  AlertDelivery,
  AlertStatus,
  AlertsAnswer,
  UndeliveredAlert,
} from '../../contracts/index.ts'
import { formatTable } from '../table.ts'

/** Where the rules stand, and what was told of late, for a terminal. */
export function alertsText({ alerts, events }: AlertsAnswer): string {
  if (alerts.length === 0) return 'There are no rules: see alerts.rules in the configuration.'
  const told = events.map(({ time, kind, rule, message, deliveries }) => [
    ...[time, kind, rule, message, deliveries.map(deliveryText).join(', ')],
  ])
  const recent =
    told.length === 0
      ? []
      : [
          formatTable(
            ['time', 'event', 'rule', 'what', 'told'].map((title) => ({ title })),
            told,
          ),
        ]
  return [statusTable(alerts), ...recent].join('\n\n')
}

/** What did not arrive: to be tried again, or given up. */
export function undeliveredText(undelivered: readonly UndeliveredAlert[]): string {
  if (undelivered.length === 0) return 'Everything that was told arrived.'
  return formatTable(
    [
      ...['time', 'event', 'rule', 'to', 'state'].map((title) => ({ title })),
      ...[{ title: 'attempts', align: 'right' as const }, { title: 'outcome' }],
    ],
    undelivered.map(({ time, kind, rule, route, state, attempts, outcome }) => [
      ...[time, kind, rule, route, state, String(attempts), outcome ?? ''],
    ]),
  )
}

function statusTable(alerts: readonly AlertStatus[]): string {
  return formatTable(
    ['rule', 'status', 'severity', 'since', 'what', 'alert'].map((title) => ({ title })),
    alerts.map(({ rule, status, severity, since, message, alert, acknowledged }) => [
      ...[rule, acknowledged === null ? status : `${status}, seen by ${acknowledged.by}`],
      ...[severity, since ?? '–', message, alert ?? ''],
    ]),
  )
}

function deliveryText({ route, state, outcome }: AlertDelivery): string {
  return `${route} ${state}${state === 'delivered' || outcome === null ? '' : ` (${outcome})`}`
}
