import { resolve } from 'node:path'
import { AtelierError } from '../../core/index.ts'
import {
  openSweep,
  type RunTrial,
  runTrials,
  type Sweep,
  type SweepEnd,
  SweepJournal,
  type SweepState,
} from '../../sweeps/index.ts'
import { lockRun } from '../../tracking/index.ts'
import { type CommandContext, printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import type { SweepDefinition } from './definition.ts'
import { createDisplay } from './display.ts'
import { finishedRuns } from './finished-runs.ts'
import { foreignCommand } from './foreign-command.ts'
import { foreignTrials } from './foreign-trial.ts'
import { ownTrials } from './own-trial.ts'
import { definitionOf } from './parse-definition.ts'
import { resultText, sweepJson } from './sweep-text.ts'
import { countsText, viewOf } from './sweep-view.ts'
import { trialSettings } from './trial-settings.ts'
import { writeResults } from './write-results.ts'

export interface RunSweepOptions {
  readonly folder: string
  readonly workers: number
  /** Whether an earlier process may have begun trials. */
  readonly isResumed: boolean
  readonly retryFailed: boolean
}

/** Runs a sweep's trials until there are no more, writes its results and prints them. */
export async function runSweep(given: CommandContext, options: RunSweepOptions): Promise<void> {
  const lock = await lockRun(options.folder)
  try {
    const sweep = await openSweep(options.folder)
    const context = { ...given, config: sweep.state.request.config }
    const definition = await definitionOf(context, sweep)
    const end = await schedule(context, sweep, definition, options)
    const view = viewOf(end.state, subjectOf(end.state, definition))
    requireDone(end, countsText(view))
    const results = await writeResults(context, { ...sweep, state: end.state }, definition, view)
    printResult(context, sweepJson(view, results), () => resultText(context, view, results))
  } finally {
    await lock.release()
  }
}

export const subjectOf = ({ request }: SweepState, definition: SweepDefinition) => ({
  id: request.id,
  method: definition.method,
  metric: definition.metric,
  goal: definition.goal,
  total: definition.total,
})

async function schedule(
  context: CommandContext,
  sweep: Sweep,
  definition: SweepDefinition,
  options: RunSweepOptions,
): Promise<SweepEnd> {
  const { clock, signal } = context
  const journal = await SweepJournal.open(sweep.files.journal)
  const display = createDisplay(context, subjectOf(sweep.state, definition), options.workers)
  try {
    return await runTrials(sweep.state, {
      workers: options.workers,
      retryFailed: options.retryFailed,
      next: (trials) => definition.next(trials),
      hopeless: (trials) => definition.hopeless(trials),
      runTrial: await trialRunner(context, sweep, definition, options),
      append: (event) => {
        journal.append(event)
        display.tell(event)
      },
      clock,
      signal,
      onChange: display.show,
    })
  } finally {
    display.close()
    journal.close()
  }
}

async function trialRunner(
  context: CommandContext,
  sweep: Sweep,
  definition: SweepDefinition,
  { isResumed }: RunSweepOptions,
): Promise<RunTrial> {
  const { request } = sweep.state
  const { config } = await loadConfig(context, request.overrides)
  const root = resolve(context.cwd, config.paths.runs)
  const { metric, foreign } = definition
  const common = { context, sweep, request, metric, isResumed, clock: context.clock }
  if (foreign !== undefined) {
    const commandOf = foreignCommand(sweep, foreign)
    return foreignTrials({ ...common, root, commandOf })
  }
  return ownTrials({
    ...common,
    settingsOf: trialSettings(context, request, definition.overridesOf),
    finished: request.reuse ? finishedRuns(root) : undefined,
  })
}

function requireDone({ reason, state }: SweepEnd, counts: string): void {
  const { id } = state.request
  if (reason === 'interrupted') {
    throw new AtelierError('INTERRUPTED', `Stopped: ${counts}.`, {
      hint: `Continue with \`atelier sweep resume ${id}\`.`,
      data: { sweep: id },
    })
  }
  if (reason === 'failing') {
    const errors = state.trials.flatMap((trial) => trial.attempts.map(({ error }) => error))
    const last = errors.findLast((error) => error !== null)
    throw new AtelierError('SWEEP_FAILING', `Every trial failed; the last: ${last?.message}`, {
      hint: `What the programs printed is in sweeps/${id}/logs. Then: atelier sweep resume ${id} --retry-failed`,
      data: { sweep: id, code: last?.code },
    })
  }
}
