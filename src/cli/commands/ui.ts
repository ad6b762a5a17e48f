import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { isLoopback } from '../is-loopback.ts'
import { loadConfig } from '../load-config.ts'
import { openBrowser } from '../open-browser.ts'

export const uiCommand = defineCommand({
  arguments: {},
  options: {
    port: {
      type: 'integer',
      description: 'Where to listen; the first free port from 4400 on when left out.',
      short: 'p',
    },
    host: {
      type: 'string',
      description: 'Address to listen at. Others than this machine need 0.0.0.0.',
      default: '127.0.0.1',
    },
    open: { type: 'boolean', description: 'Open it in the browser.', short: 'o' },
  },
  overrides: false,
  examples: [
    { command: 'atelier ui', does: 'Serve it on this machine.' },
    { command: 'atelier ui --open', does: 'And show it.' },
    { command: 'atelier ui --port 8080 --json', does: 'Print the address for a script.' },
  ],
  async run(context, { options: { port, host, open } }) {
    const { config } = await loadConfig(context, [])
    const { cwd, env, packageRoot, logger, clock, signal } = context
    const ui = await context.startUi({
      database: { url: env['DATABASE_URL'], path: resolve(cwd, config.tracking.database) },
      runs: resolve(cwd, config.paths.runs),
      pages: join(packageRoot, 'dist', 'web'),
      host,
      port,
      logger,
      clock,
    })
    try {
      if (!isLoopback(host)) {
        logger.warn(`everyone who reaches ${host} can read these runs: there is no password`)
      }
      printResult(context, { url: ui.url }, () => ui.url)
      if (!context.json) logger.info('Ctrl-C ends it.')
      if (open) openBrowser(ui.url, logger)
      if (!signal.aborted) await once(signal, 'abort')
    } finally {
      await ui.close()
    }
  },
})
