import {
  type ParameterImportance,
  parameterImportance,
  renderSweepFigures,
  type Sweep,
} from '../../sweeps/index.ts'
import type { CommandContext } from '../context.ts'
import { type BestConfig, writeBestConfig } from './best-config.ts'
import type { SweepDefinition } from './definition.ts'
import { writeReport } from './sweep-report.ts'
import type { SweepView } from './sweep-view.ts'
import { formatMetric } from './trial-text.ts'

export interface SweepResults {
  /** By share, largest first. */
  readonly importance: readonly ParameterImportance[]
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
  const { metric, goal } = view.subject
  const { parameters } = definition
  const results =
    metric === undefined
      ? undefined
      : { parameters, metric: { name: metric, goal }, trials: view.trials }
  const importance = results === undefined ? [] : parameterImportance(results)
  const command = best === undefined ? undefined : `atelier train ${best.override}`
  const figures = results === undefined ? [] : await renderSweepFigures(results)
  const report =
    view.trials.length === 0 ? undefined : await writeReport(sweep, view, { figures, command })
  return { importance, report, best }
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
