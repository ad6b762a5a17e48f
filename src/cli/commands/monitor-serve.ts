import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import type { DriftSource, ProjectConfig } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { buildDriftReport, driftPage } from '../../monitoring/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { isLoopback } from '../is-loopback.ts'
import { loadConfig } from '../load-config.ts'
import { loadComparison } from '../monitor/load-comparison.ts'
import { logPlace, withPredictionStore } from '../monitor/open-log.ts'
import { referenceOption, windowOptions } from '../monitor/window-options.ts'
import { portOf } from '../port-of.ts'

const USUAL_PORT = 8090

export const monitorServeCommand = defineCommand({
  arguments: {},
  options: {
    log: windowOptions.log,
    reference: referenceOption,
    host: { type: 'string', description: 'Address to listen at.', default: '127.0.0.1' },
    port: {
      type: 'integer',
      description: `Where to listen (PORT, else ${USUAL_PORT}); 0 takes any free one.`,
    },
  },
  overrides: true,
  examples: [
    { command: 'atelier monitor serve', does: 'Reports at /drift-report, on this machine.' },
    { command: 'atelier monitor serve --port 0 --json', does: 'Print the address for a script.' },
  ],
  async run(context, { options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const { env, logger, signal } = context
    const { host } = options
    const source = driftSource(context, config, options)
    const port = options.port ?? portOf(env['PORT']) ?? USUAL_PORT
    const monitor = await context.startMonitor({ source, host, port, logger })
    try {
      if (!isLoopback(host)) {
        logger.warn(`everyone who reaches ${host} can read these reports: there is no password`)
      }
      printResult(context, { url: monitor.url }, () => `${monitor.url}drift-report`)
      if (!context.json) logger.info('Ctrl-C ends it.')
      if (!signal.aborted) await once(signal, 'abort')
    } finally {
      await monitor.close()
    }
  },
})

interface Watched {
  readonly log: string | undefined
  readonly reference: string | undefined
}

/** Reads the log anew for every report: what was logged a moment ago is in it. */
function driftSource(
  context: CommandContext,
  config: ProjectConfig,
  watched: Watched,
): DriftSource {
  const { csv, name } = logPlace(context, config, watched.log)
  return {
    description: name,
    drift: async ({ last, from, to, model }) => {
      const choice = { ...watched, last, from, to, model }
      const { reference, window } = await loadComparison(context, config, choice)
      const now = context.clock.now()
      const { report, evidently } = buildDriftReport(reference, window, { now })
      return { report, evidently, page: driftPage(report) }
    },
    probe: async () => {
      if (csv === undefined) await withPredictionStore(context, config, (store) => store.models())
      else await stat(csv).catch((cause: unknown) => Promise.reject(absent(name, cause)))
    },
  }
}

function absent(name: string, cause: unknown): AtelierError {
  return new AtelierError('LOG_INVALID', `${name} cannot be read: there is no such file.`, {
    hint: 'Name a log that a service writes.',
    cause,
  })
}
