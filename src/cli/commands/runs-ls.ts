import { resolve } from 'node:path'
import { listRuns, type Run } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { formatDuration } from '../progress-line.ts'
import { formatTable } from '../table.ts'

export const runsLsCommand = defineCommand({
  arguments: {},
  options: {
    limit: { type: 'integer', description: 'How many to show.', short: 'n', default: 20 },
  },
  overrides: false,
  examples: [
    { command: 'atelier runs ls', does: 'The newest twenty.' },
    { command: 'atelier runs ls -n 100 --json', does: 'For a script.' },
  ],
  async run(context, { options }) {
    const { config } = await loadConfig(context, [])
    const all = await listRuns(resolve(context.cwd, config.paths.runs))
    const rows = await Promise.all(all.slice(0, Math.max(0, options.limit)).map(withState))
    printResult(
      context,
      rows.map(({ run, state }) => ({ ...run.record, state, folder: run.folder })),
      () => (rows.length === 0 ? 'No runs yet. Start one with `atelier train`.' : table(rows)),
    )
  },
})

interface RunRow {
  readonly run: Run
  readonly state: string
}

export async function withState(run: Run): Promise<RunRow> {
  return { run, state: run.record.status }
}

function table(rows: readonly RunRow[]): string {
  return formatTable(
    [
      { title: 'run' },
      { title: 'state' },
      { title: 'data' },
      { title: 'epochs', align: 'right' },
      { title: 'val accuracy', align: 'right' },
      { title: 'time', align: 'right' },
      { title: 'test looks', align: 'right' },
    ],
    rows.map(({ run: { record }, state }) => [
      record.id,
      state,
      record.dataset?.name ?? '',
      String(record.epochs ?? ''),
      record.best?.val_accuracy.toFixed(4) ?? '',
      formatDuration(record.seconds * 1000),
      String(record.test_looks),
    ]),
  )
}
