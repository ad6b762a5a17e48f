export { commandTable } from './command-table.ts'
export type { RunningUi, UiOptions } from './context.ts'
export { type CliHost, runCli } from './run-cli.ts'
