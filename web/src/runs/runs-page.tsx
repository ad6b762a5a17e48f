import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { joinNames, type RunsSearch, splitNames } from '../search.ts'
import { runsOptions } from '../shared/api.ts'
import { EmptyState } from '../shared/empty-state.tsx'
import { Problem } from '../shared/problem.tsx'
import { ApiError } from '../shared/request.ts'
import { ColumnPicker } from './column-picker.tsx'
import { DEFAULT_COLUMNS } from './columns.ts'
import { FilterBox } from './filter-box.tsx'
import { RunsTable } from './runs-table.tsx'

export function RunsPage() {
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const change = (part: Partial<Record<keyof RunsSearch, string | undefined>>) =>
    void navigate({ search: (old) => ({ ...old, ...part }) as RunsSearch, replace: true })
  const columns = search.cols === undefined ? DEFAULT_COLUMNS : splitNames(search.cols)
  const selected = splitNames(search.sel)
  const query = { filter: search.q ?? '', sort: search.sort ?? '', columns }
  const { data: found, error, isPlaceholderData } = useQuery(runsOptions(query, 0))
  const filterError = error instanceof ApiError && error.code === 'FILTER_INVALID' ? error : null
  // while a filter is wrong, what the last right one found stays
  const right = useRef('')
  if (found !== undefined && !isPlaceholderData) right.current = query.filter
  const shown = filterError === null ? query : { ...query, filter: right.current }
  const { data } = useQuery(runsOptions(shown, 0))
  return (
    <div className="runs">
      <h1 className="hidden">Runs</h1>
      <div className="runs-bar">
        <FilterBox
          filter={query.filter}
          error={filterError}
          apply={(q) => change({ q: q === '' ? undefined : q })}
        />
        <div className="runs-bar-right">
          <ColumnPicker
            columns={columns}
            change={(names) => {
              const same = names.join() === DEFAULT_COLUMNS.join()
              change({ cols: same ? undefined : joinNames(names) })
            }}
          />
          <CompareButton selected={selected} clear={() => change({ sel: undefined })} />
        </div>
      </div>
      {error !== null && filterError === null && <Problem error={error} />}
      {filterError === null && data?.total === 0 ? (
        <NothingFound filter={query.filter} clear={() => change({ q: undefined })} />
      ) : (
        <RunsTable query={shown} total={data?.total ?? 0} selected={selected} change={change} />
      )}
    </div>
  )
}

function CompareButton({
  selected,
  clear,
}: {
  readonly selected: readonly string[]
  readonly clear: () => void
}) {
  if (selected.length === 0) return null
  return (
    <>
      <button type="button" className="button quiet" onClick={clear}>
        Clear
      </button>
      <Link to="/compare" search={{ ids: selected.join(',') }} className="button primary">
        Compare {selected.length}
      </Link>
    </>
  )
}

function NothingFound({ filter, clear }: { readonly filter: string; readonly clear: () => void }) {
  if (filter === '') {
    return (
      <EmptyState title="No runs yet" command="atelier train data=sketch">
        A run appears here as soon as it starts. This one needs no download:
      </EmptyState>
    )
  }
  return (
    <EmptyState title="No run fits this filter">
      <button type="button" className="button" onClick={clear}>
        Show all runs
      </button>
    </EmptyState>
  )
}
