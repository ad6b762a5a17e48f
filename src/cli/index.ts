export { commandTable } from './command-table.ts'
export type {
  MonitorOptions,
  RunningService,
  RunningUi,
  ServeOptions,
  UiOptions,
} from './context.ts'
export { isLoopback } from './is-loopback.ts'
export { type CliHost, runCli } from './run-cli.ts'
