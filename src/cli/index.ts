export { commandTable } from './command-table.ts'
export { type CliHost, runCli } from './run-cli.ts'
