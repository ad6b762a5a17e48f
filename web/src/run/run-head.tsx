import { useQuery } from '@tanstack/react-query'
import type { UiRun } from '../../../src/contracts/index.ts'
import { seriesOptions } from '../shared/api.ts'
import { CommandLine } from '../shared/empty-state.tsx'
import { formatDuration, formatResult, formatTime } from '../shared/format.ts'
import { StatusChip } from '../shared/status-chip.tsx'

/** From here a training can be continued. */
const STOPPED: ReadonlySet<string> = new Set(['interrupted', 'crashed'])

/** What one wants to know of a run first, and how to get it again. */
export function RunHead({ run }: { readonly run: UiRun }) {
  const { record, trashed, reproduce } = run
  return (
    <header className="run-head">
      <div className="run-title">
        <h1>{record.id}</h1>
        <StatusChip status={record.status} />
        {trashed !== null && <span className="tag">in the trash</span>}
        {record.tags.map((tag) => (
          <span key={tag} className="tag">
            {tag}
          </span>
        ))}
      </div>
      {record.status === 'running' && <ProgressBar run={run} />}
      {record.failure !== null && (
        <div className="problem">
          <code>{record.failure.code}</code> {record.failure.message}
        </div>
      )}
      {record.notes !== '' && <p className="run-notes">{record.notes}</p>}
      <dl className="run-summary">
        {summaryOf(run).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {reproduce !== null && <CommandLine command={reproduce} />}
      {reproduce !== null && STOPPED.has(record.status) && (
        <CommandLine command={`atelier resume ${record.id}`} />
      )}
    </header>
  )
}

function summaryOf({ record }: UiRun): (readonly [string, string])[] {
  const { best, dataset, architecture, parameters } = record
  const rows: (readonly [string, string | undefined])[] = [
    ['Validation accuracy', best === null ? undefined : formatResult(best.val_accuracy)],
    ['Validation loss', best === null ? undefined : formatResult(best.val_loss)],
    ['Best epoch', best === null ? undefined : `${best.epoch} of ${record.epochs ?? '?'}`],
    ['Time', formatDuration(record.seconds)],
    ['Steps', String(record.step)],
    ['Started', formatTime(record.created)],
    ['Data', dataset?.name],
    [
      'Model',
      architecture === null
        ? undefined
        : `${architecture}${parameters === null ? '' : `, ${parameters.toLocaleString('en')} parameters`}`,
    ],
    ['Seed', record.seed === null ? undefined : String(record.seed)],
    ['Looks at the test split', record.test_looks === 0 ? undefined : String(record.test_looks)],
  ]
  return rows.filter((row): row is [string, string] => row[1] !== undefined)
}

/** By epochs, where it is known how many there will be. */
function ProgressBar({ run: { record } }: { readonly run: UiRun }) {
  const { data } = useQuery(seriesOptions(record.id, true, ['train.loss']))
  const done = data?.series[0]?.count ?? 0
  if (record.epochs === null) return null
  return (
    <progress
      className="progress"
      max={record.epochs}
      value={done}
      title={`${done} of ${record.epochs} epochs`}
      aria-label="Epochs done"
    />
  )
}
