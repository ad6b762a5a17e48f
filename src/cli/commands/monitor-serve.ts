import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { ProjectConfig } from '../../contracts/index.ts'
import { type AlertStore, startWatch, type Watch } from '../../monitoring/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { monitorSource } from '../monitor/monitor-source.ts'
import { monitoredLog, type WatchedLog } from '../monitor/monitored-log.ts'
import { USUAL_MONITOR_PORT } from '../monitor/usual-port.ts'
import { checkAlerts, deliverAlerts, withAlerts } from '../monitor/watch-alerts.ts'
import { referenceOption, windowOptions } from '../monitor/window-options.ts'
import { portOf } from '../port-of.ts'
import { serverToken } from '../server-token.ts'

export const monitorServeCommand = defineCommand({
  arguments: {},
  options: {
    log: windowOptions.log,
    reference: referenceOption,
    host: {
      type: 'string',
      description: 'Address to listen at. Others than loopback need a token.',
      default: '127.0.0.1',
    },
    port: {
      type: 'integer',
      description: `Where to listen (PORT, else ${USUAL_MONITOR_PORT}); 0 takes any free one.`,
    },
    token: {
      type: 'string',
      description: 'What clients must send as a bearer token (ATELIER_TOKEN).',
    },
  },
  overrides: true,
  examples: [
    { command: 'atelier monitor serve', does: 'Reports at /drift-report, on this machine.' },
    { command: 'atelier monitor serve --port 0 --json', does: 'Print the address for a script.' },
  ],
  async run(context, { options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const { env, logger, clock, signal } = context
    const { host, log, reference } = options
    const token = serverToken(host, options.token ?? env['ATELIER_TOKEN'])
    const port = options.port ?? portOf(env['PORT']) ?? USUAL_MONITOR_PORT
    const watched = { log, reference, model: undefined }
    await withAlerts(context, config, async (store) => {
      const watch = watchAlerts(context, config, store, watched)
      try {
        const parts = { store, log, reference, counts: watch.counts }
        const source = monitorSource(context, config, parts)
        const monitor = await context.startMonitor({ source, host, port, token, logger, clock })
        try {
          printResult(context, { url: monitor.url }, () => `${monitor.url}drift-report`)
          if (!context.json) logger.info('Ctrl-C ends it.')
          if (!signal.aborted) await once(signal, 'abort')
        } finally {
          await monitor.close()
        }
      } finally {
        await watch.stop()
      }
    })
  },
})

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

function watchAlerts(
  context: CommandContext,
  config: ProjectConfig,
  store: AlertStore,
  watched: WatchedLog,
): Watch {
  const { clock, logger } = context
  const { check_minutes, retention_days } = config.monitoring
  const log = monitoredLog(context, config, watched)
  return startWatch({
    check: () => checkAlerts(context, config, log, store),
    deliver: () => deliverAlerts(context, config, store, { attempts: 1 }),
    periodMs: check_minutes * MINUTE_MS,
    retentionMs: retention_days === null ? null : retention_days * DAY_MS,
    ...{ store, holder: randomUUID(), clock, logger },
  })
}
