import type { ProjectConfig } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import type { AlertStore } from '../../monitoring/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { alertsText, undeliveredText } from '../monitor/alerts-text.ts'
import { deliverAlerts, withAlerts } from '../monitor/watch-alerts.ts'

export const monitorAlertsCommand = defineCommand({
  arguments: {},
  options: {
    events: { type: 'integer', description: 'The newest so many events.', short: 'n', default: 20 },
    deliveries: { type: 'boolean', description: 'Only what did not arrive, and why.' },
    resend: {
      type: 'boolean',
      description: 'Send all of that now, with the same ids, also what was given up.',
    },
  },
  overrides: true,
  examples: [
    { command: 'atelier monitor alerts', does: 'Where the rules stand, and what was told.' },
    { command: 'atelier monitor alerts --json', does: 'For a script.' },
    {
      command: 'atelier monitor alerts --resend',
      does: 'Once a receiver that was away is back; exit code 1 if some still do not arrive.',
    },
  ],
  async run(context, { options: { events, deliveries, resend }, overrides }) {
    const { config } = await loadConfig(context, overrides)
    await withAlerts(context, config, async (store) => {
      if (resend) return resendAlerts(context, config, store)
      if (deliveries) {
        const undelivered = await store.undelivered()
        return printResult(context, { undelivered }, () => undeliveredText(undelivered))
      }
      const answer = await store.alerts(config.alerts, Math.max(0, events))
      printResult(context, answer, () => alertsText(answer))
    })
  },
})

const ATTEMPTS = 2

async function resendAlerts(
  context: CommandContext,
  config: ProjectConfig,
  store: AlertStore,
): Promise<void> {
  const tried = await deliverAlerts(context, config, store, { attempts: ATTEMPTS, again: true })
  const delivered = tried.filter(({ state }) => state === 'delivered')
  const undelivered = await store.undelivered()
  printResult(context, { delivered, undelivered }, () =>
    [`${delivered.length} delivered.`, undeliveredText(undelivered)].join('\n'),
  )
  if (undelivered.length === 0) return
  throw new AtelierError('DELIVERY_FAILED', `${undelivered.length} deliveries did not arrive.`, {
    hint: 'The table says what came of each; mend the route or its receiver, then try again.',
  })
}
