import { join } from 'node:path'
import { toAtelierError } from '../../core/index.ts'
import { listSweeps, type Sweep } from '../../sweeps/index.ts'
import { isRunLocked } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { definitionOf } from '../sweep/parse-definition.ts'
import { subjectOf } from '../sweep/run-sweep.ts'
import { countsText, type SweepView, viewOf } from '../sweep/sweep-view.ts'
import { formatMetric } from '../sweep/trial-text.ts'
import { formatTable } from '../table.ts'

export const sweepLsCommand = defineCommand({
  arguments: {},
  options: {},
  overrides: false,
  examples: [{ command: 'atelier sweep ls', does: 'All sweeps, newest first.' }],
  async run(context) {
    const warn = (error: unknown) => {
      context.logger.warn(toAtelierError(error).message)
      return []
    }
    const sweeps = await listSweeps(join(context.cwd, 'sweeps'), warn)
    const found = sweeps.map(async (sweep) => [await rowOf(context, sweep)])
    const rows = (await Promise.all(found.map((row) => row.catch(warn)))).flat()
    printResult(context, rows.map(json), () =>
      rows.length === 0 ? 'No sweeps yet. Start one with `atelier sweep run`.' : table(rows),
    )
  },
})

interface Row {
  readonly view: SweepView
  readonly state: 'running' | 'done' | 'stopped'
}

async function rowOf(context: CommandContext, sweep: Sweep): Promise<Row> {
  const definition = await definitionOf(context, sweep)
  const view = viewOf(sweep.state, subjectOf(sweep.state, definition))
  const { completed, failed, pruned } = view.counts
  const isDone = completed + failed + pruned >= (view.subject.total ?? Number.POSITIVE_INFINITY)
  const isRunning = await isRunLocked(sweep.folder)
  return { view, state: isRunning ? 'running' : isDone ? 'done' : 'stopped' }
}

const json = ({ view, state }: Row) => ({
  ...view.subject,
  state,
  counts: view.counts,
  best: view.ranked[0] ?? null,
})

function table(rows: readonly Row[]): string {
  return formatTable(
    [
      { title: 'sweep' },
      { title: 'state' },
      { title: 'method' },
      { title: 'trials' },
      { title: 'metric' },
      { title: 'best', align: 'right' },
    ],
    rows.map(({ view, state }) => [
      view.subject.id,
      state,
      view.subject.method,
      countsText(view),
      view.subject.metric ?? '',
      view.ranked[0] === undefined ? '' : formatMetric(view.ranked[0]),
    ]),
  )
}
