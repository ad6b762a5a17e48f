import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { deliverAlerts, withAlerts } from '../monitor/watch-alerts.ts'

export const monitorAckCommand = defineCommand({
  arguments: {
    alert: { description: 'Id of an alert that fires (`monitor alerts`).', required: true },
  },
  options: {
    by: { type: 'string', description: 'Who has seen it. Default: USER.', placeholder: 'NAME' },
  },
  overrides: true,
  examples: [
    {
      command: 'atelier monitor ack 0199… --by Ada',
      does: 'Nobody is reminded of it any more; its routes are told.',
    },
  ],
  async run(context, { arguments: { alert }, options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const by = options.by || context.env['USER'] || 'somebody'
    const status = await withAlerts(context, config, async (store) => {
      const now = context.clock.now()
      const acknowledged = await store.acknowledge(alert, by, config.alerts, now)
      await deliverAlerts(context, config, store, { attempts: 1 })
      return acknowledged
    })
    printResult(context, status, () => `${status.rule}: seen by ${status.acknowledged!.by}`)
  },
})
