import type { UiConfigValue, UiRun } from '../../../src/contracts/index.ts'
import type { ChangeSearch, RunSearch } from '../search.ts'
import { EmptyState } from '../shared/empty-state.tsx'

interface ConfigTableProps {
  readonly run: UiRun
  readonly find: string
  readonly change: ChangeSearch<RunSearch>
}

/** Every value with the file or override that set it. */
export function ConfigTable({ run, find, change }: ConfigTableProps) {
  if (run.config.length === 0) return <EmptyState title="This run has no configuration" />
  const wanted = find.toLowerCase()
  const shown = run.config.filter(({ key, value, origin }) =>
    [key, String(value), origin ?? ''].some((text) => text.toLowerCase().includes(wanted)),
  )
  return (
    <section className="section" aria-label="Configuration">
      <div className="controls">
        <input
          className="field wider"
          type="search"
          placeholder="Find a key, value or file"
          aria-label="Find in the configuration"
          value={find}
          onChange={(event) => change({ find: event.target.value || undefined })}
        />
        <span className="faint">
          {run.overrides.length === 0 ? 'No overrides' : `Overrides: ${run.overrides.join(' ')}`}
        </span>
      </div>
      <div className="panel wide">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Value</th>
              <th scope="col">Set by</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <ConfigRow key={row.key} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && <p className="faint">Nothing in it matches “{find}”.</p>}
    </section>
  )
}

function ConfigRow({ row: { key, value, origin } }: { readonly row: UiConfigValue }) {
  const overridden = origin?.startsWith('override') === true
  return (
    <tr className={overridden ? 'config-overridden' : ''}>
      <td>
        <code>{key}</code>
      </td>
      <td>
        <code>{value === null ? 'null' : String(value)}</code>
      </td>
      <td className="faint" title={origin ?? undefined}>
        {/* of a file in the package's or the user's conf/, where that lies matters little */}
        {origin?.replace(/^.*[\\/](?=conf[\\/])/, '') ?? ''}
      </td>
    </tr>
  )
}
