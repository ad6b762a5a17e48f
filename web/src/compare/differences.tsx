import type { UiComparedKey, UiComparison, UiValue } from '../../../src/contracts/index.ts'
import { PALETTE } from '../curves/palette.ts'
import type { ChangeSearch, CompareSearch } from '../search.ts'
import { formatResult, formatSetting, shortName } from '../shared/format.ts'
import { bestOf } from './best-of.ts'

interface DifferencesProps {
  readonly comparison: UiComparison
  readonly all: boolean
  readonly change: ChangeSearch<CompareSearch>
}

/** What was set differently, then what came out. */
export function Differences({ comparison, all, change }: DifferencesProps) {
  const { config, metrics } = comparison
  const shown = all ? config : config.filter(({ differs }) => differs)
  const same = config.length - config.filter(({ differs }) => differs).length
  return (
    <>
      <section className="section" aria-label="Differences">
        <div className="section-head">
          <h2>Configuration</h2>
          {same > 0 && (
            <label className="control faint">
              <input
                type="checkbox"
                checked={all}
                onChange={(event) => change({ all: event.target.checked || undefined })}
              />
              Also the {same} keys that are the same
            </label>
          )}
        </div>
        {shown.length === 0 ? (
          <p className="faint">
            {config.length === 0
              ? 'These runs have no configuration.'
              : 'All keys have the same value in these runs.'}
          </p>
        ) : (
          <KeyTable comparison={comparison} rows={shown} format={formatSetting} />
        )}
      </section>
      {metrics.length > 0 && (
        <section className="section" aria-label="Metrics">
          <h2>Metrics</h2>
          <KeyTable comparison={comparison} rows={metrics} format={formatResult} />
        </section>
      )}
    </>
  )
}

interface KeyTableProps {
  readonly comparison: UiComparison
  readonly rows: readonly UiComparedKey[]
  readonly format: (value: UiValue) => string
}

function KeyTable({ comparison, rows, format }: KeyTableProps) {
  return (
    <div className="panel wide compared">
      <table className="rows">
        <thead>
          <tr>
            <td />
            {comparison.runs.map(({ id }, at) => (
              <th key={id} scope="col" className="number">
                <i className={`swatch line-${at % PALETTE}`} /> {shortName(id)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <KeyRow
              key={row.key}
              row={row}
              ids={comparison.runs.map(({ id }) => id)}
              format={format}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface KeyRowProps {
  readonly row: UiComparedKey
  readonly ids: readonly string[]
  readonly format: KeyTableProps['format']
}

function KeyRow({ row, ids, format }: KeyRowProps) {
  const best = bestOf(row)
  return (
    <tr className={row.differs ? '' : 'same'}>
      <th scope="row">
        <code>{row.key}</code>
      </th>
      {row.values.map((value, at) => (
        <td
          key={ids[at]}
          className={value === best && best !== null ? 'number best' : 'number'}
          title={value === null ? undefined : String(value)}
        >
          {value === null ? '–' : format(value)}
        </td>
      ))}
    </tr>
  )
}
