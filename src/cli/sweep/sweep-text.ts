import type { CommandContext } from '../context.ts'
import { inOrder, resultTable } from './result-table.ts'
import { countsText, type SweepView } from './sweep-view.ts'
import { formatMetric } from './trial-text.ts'
import type { SweepResults } from './write-results.ts'

const SHOWN = 20

/** The ranked table, and what to do with the best. */
export function resultText(
  { cwd }: Pick<CommandContext, 'cwd'>,
  view: SweepView,
  results: SweepResults,
): string {
  const [best] = view.ranked
  const { metric, goal, id } = view.subject
  const importance = results.importance.map(
    ({ name, share }) => `${name} ${Math.round(100 * share)} %`,
  )
  return [
    `sweep ${id}: ${countsText(view)}`,
    resultTable(view, SHOWN),
    ...(best === undefined
      ? []
      : [
          `Best by ${best.deviation === null ? '' : 'mean '}${metric} (${goal}): trial ${best.trial}, ${formatMetric(best)}, run ${best.runs[0] ?? 'none'}`,
        ]),
    ...(importance.length === 0 ? [] : [`Importance: ${importance.join(', ')}`]),
    ...(results.report === undefined ? [] : [`Report ${near(cwd, results.report)}`]),
    ...(results.best === undefined
      ? []
      : [`Next: atelier train ${results.best.override}   (${results.best.path})`]),
  ].join('\n\n')
}

const near = (cwd: string, path: string) =>
  path.startsWith(cwd) ? path.slice(cwd.length + 1) : path

export function sweepJson(view: SweepView, results: SweepResults) {
  return {
    ...view.subject,
    counts: view.counts,
    best: view.ranked[0] ?? null,
    trials: inOrder(view),
    importance: results.importance,
    experiment: results.best?.override ?? null,
    report: results.report ?? null,
  }
}
