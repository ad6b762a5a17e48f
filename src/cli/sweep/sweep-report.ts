import { type SweepPage, writeSweepReport } from '../../evaluation/index.ts'
import { readDefinition, type Sweep } from '../../sweeps/index.ts'
import { formatDuration } from '../progress-line.ts'
import { resultRows } from './result-table.ts'
import { countsText, type SweepView } from './sweep-view.ts'
import { formatMetric, formatParameters, varyingNames } from './trial-text.ts'

type Parts = Pick<SweepPage, 'figures' | 'command'>

/** Writes the page of a sweep and gives its path. */
export async function writeReport(sweep: Sweep, view: SweepView, parts: Parts): Promise<string> {
  const { columns, rows } = resultRows(view)
  const [best] = view.ranked
  return writeSweepReport(sweep.folder, {
    id: view.subject.id,
    best: best === undefined ? undefined : formatMetric(best),
    objective: `${view.subject.metric}, ${view.subject.goal === 'maximize' ? 'higher' : 'lower'} is better`,
    facts: facts(sweep, view),
    columns,
    rows,
    definition: Buffer.from(await readDefinition(sweep)).toString('utf8'),
    ...parts,
  })
}

function facts({ state: { request } }: Sweep, view: SweepView): SweepPage['facts'] {
  const [best] = view.ranked
  const seconds = view.trials.reduce((sum, trial) => sum + trial.seconds, 0)
  const chosen =
    best === undefined
      ? []
      : ([
          ['best parameters', formatParameters(best.params, varyingNames(view.trials))],
          ['best run', best.runs[0] ?? 'none'],
        ] as const)
  return [
    ...chosen,
    ['trials', countsText(view)],
    ['method', `${view.subject.method}, seed ${request.seed}`],
    ['seeds a trial', String(request.repeats)],
    ['training time', formatDuration(seconds * 1000)],
    ['overrides', request.overrides.join(' ') || 'none'],
  ]
}
