import type { DriftReport } from '../../contracts/index.ts'
import { formatTable } from '../table.ts'

const SHOWN = 8

/** The verdict and what moved most, for a terminal. */
export function driftText(report: DriftReport): string {
  return [headline(report), ...(report.measures.length > 0 ? [measures(report)] : [])].join('\n\n')
}

function headline(report: DriftReport): string {
  const { verdict, reason, window, model, warnings, live, evidently } = report
  const of = model === null ? '' : ` of ${modelText(model)}`
  const when = window.first === null ? '' : `, ${window.first} to ${window.last}`
  const drifted = evidently.columns.filter((column) => column.drifted)
  return [
    `${verdict}: ${reason}`,
    `${window.rows} predictions${of} in ${window.source}${when}`,
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(live === null
      ? []
      : [
          `live accuracy ${percent(live.accuracy)} (${percent(live.low)} to ${percent(live.high)}) of ${live.labelled} labelled${live.reference === null ? '' : `, was ${percent(live.reference)} on held-out images`}`,
        ]),
    `Evidently's default flags ${drifted.length} of ${evidently.columns.length} columns`,
  ].join('\n')
}

function measures({ measures }: DriftReport): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  return formatTable(
    [
      { title: 'measure' },
      ...['reference', 'window', 'effect', 'chance'].map(right),
      { title: 'drifted' },
    ],
    measures
      .slice(0, SHOWN)
      .map(({ name, kind, reference, current, effect, adjusted, drifted }) => [
        kind === 'expected' ? `${name} beside expected` : name,
        ...[reference, current].map((value) => (value === null ? '–' : digits(value))),
        ...[digits(effect.value), percent(adjusted)],
        drifted ? 'yes' : '',
      ]),
  )
}

const modelText = ({ name, version }: NonNullable<DriftReport['model']>) =>
  version === null ? name : `${name} version ${version}`
const digits = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 3 })
const percent = (share: number) => `${(100 * share).toFixed(1)} %`
