import { type CsvValue, formatCsv } from '../../core/index.ts'
import type { ParameterValue, TrialSummary } from '../../sweeps/index.ts'
import { formatDuration } from '../progress-line.ts'
import { type Column, formatTable } from '../table.ts'
import type { SweepView } from './sweep-view.ts'
import { flatParams, formatMetric, formatValue, shortName, varyingNames } from './trial-text.ts'

/** Complete trials best first, then the others in their order. */
export function inOrder({ ranked, trials }: SweepView): readonly TrialSummary[] {
  const first = new Set(ranked.map(({ trial }) => trial))
  return [...ranked, ...trials.filter(({ trial }) => !first.has(trial))]
}

export interface ResultRows {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
}

/** The ranked trials as text, with a column for every parameter that differs. */
export function resultRows(view: SweepView, limit = Number.POSITIVE_INFINITY): ResultRows {
  const names = varyingNames(view.trials)
  const columns: Column[] = [
    { title: 'rank', align: 'right' },
    { title: 'trial', align: 'right' },
    { title: 'state' },
    { title: view.subject.metric ?? 'metric', align: 'right' },
    ...names.map((name) => ({ title: shortName(name), align: 'right' }) as const),
    { title: 'time', align: 'right' },
    { title: 'run' },
  ]
  const rows = inOrder(view)
    .slice(0, limit)
    .map((trial, at) => {
      const params = flatParams(trial.params)
      return [
        at < view.ranked.length ? String(at + 1) : '',
        String(trial.trial),
        trial.reused ? 'reused' : trial.status,
        formatMetric(trial),
        ...names.map((name) => formatValue(params[name] ?? '')),
        trial.reused ? '' : formatDuration(trial.seconds * 1000),
        runsText(trial),
      ]
    })
  return { columns, rows }
}

/** The ranked table for a terminal. */
export function resultTable(view: SweepView, limit: number): string {
  const { columns, rows } = resultRows(view, limit)
  const more = view.trials.length - rows.length
  const table = formatTable(columns, rows)
  return more > 0 ? `${table}\nand ${more} more` : table
}

const runsText = ({ runs, error }: TrialSummary) =>
  error === null
    ? `${runs[0] ?? ''}${runs.length > 1 ? ` and ${runs.length - 1} more` : ''}`
    : shortened(error)

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

/** Every parameter a column, best first. */
export function resultCsv(view: SweepView): string {
  const flat = inOrder(view).map((trial) => ({ ...trial, params: flatParams(trial.params) }))
  const names = [...new Set(flat.flatMap(({ params }) => Object.keys(params)))].sort()
  const metric = view.subject.metric ?? 'metric'
  const start = ['rank', 'trial', 'status', metric, 'deviation', 'repeats']
  const rows = flat.map((trial, at) => [
    at < view.ranked.length ? at + 1 : null,
    trial.trial,
    trial.reused ? 'reused' : trial.status,
    trial.metric,
    trial.deviation,
    trial.repeats,
    ...names.map((name) => csvValue(trial.params[name])),
    trial.seconds,
    trial.runs.join(' '),
    trial.error,
  ])
  return formatCsv([...start, ...names, 'seconds', 'runs', 'error'], rows)
}

const csvValue = (value: ParameterValue | undefined): CsvValue =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value
