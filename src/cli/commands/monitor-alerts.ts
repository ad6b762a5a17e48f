import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { alertsText } from '../monitor/alerts-text.ts'
import { withAlerts } from '../monitor/watch-alerts.ts'

export const monitorAlertsCommand = defineCommand({
  arguments: {},
  options: {
    events: { type: 'integer', description: 'The newest so many events.', short: 'n', default: 20 },
  },
  overrides: true,
  examples: [
    { command: 'atelier monitor alerts', does: 'Where the rules stand, and what was told.' },
    { command: 'atelier monitor alerts --json', does: 'For a script.' },
  ],
  async run(context, { options: { events }, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const count = Math.max(0, events)
    const answer = await withAlerts(context, config, (store) => store.alerts(config.alerts, count))
    printResult(context, answer, () => alertsText(answer))
  },
})
