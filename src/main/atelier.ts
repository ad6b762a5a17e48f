#!/usr/bin/env node
/** The `atelier` command. Runs from `src/` and, compiled, from `dist/`. */
import { resolve } from 'node:path'
import { commandTable, runCli } from '../cli/index.ts'
import { systemClock } from '../core/index.ts'

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  signals: process,
  exit: (code) => process.exit(code),
  // the server's libraries are loaded when it is asked for
  startUi: async (options) => (await import('./start-ui.ts')).startUi(options),
  startService: async (options) => (await import('./start-service.ts')).startService(options),
  startMonitor: async (options) => (await import('./start-monitor.ts')).startMonitor(options),
  packageRoot: resolve(import.meta.dirname, '../..'),
  self: [process.execPath, ...process.execArgv, import.meta.filename],
  commands: commandTable,
})
