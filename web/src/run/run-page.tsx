import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { UiRun } from '../../../src/contracts/index.ts'
import type { ChangeSearch, RunSearch, RunTab } from '../search.ts'
import { runOptions } from '../shared/api.ts'
import { EmptyState } from '../shared/empty-state.tsx'
import { Problem } from '../shared/problem.tsx'
import { ApiError } from '../shared/request.ts'
import { ConfigTable } from './config-table.tsx'
import { RunCurves } from './run-curves.tsx'
import { RunDetails } from './run-details.tsx'
import { RunFiles } from './run-files.tsx'
import { RunHead } from './run-head.tsx'

export function RunPage() {
  const { id } = useParams({ from: '/runs/$id' })
  const search = useSearch({ from: '/runs/$id' })
  const navigate = useNavigate({ from: '/runs/$id' })
  const { data: run, error } = useQuery(runOptions(id))
  useLastLook(id, run?.record.status)
  useEffect(() => {
    document.title = `${id} · Atelier`
    return () => {
      document.title = 'Atelier'
    }
  }, [id])
  const change: ChangeSearch<RunSearch> = (part) =>
    void navigate({ search: (old) => ({ ...old, ...part }) as RunSearch, replace: true })
  if (run === undefined) {
    if (error === null) return <p className="page faint">Loading …</p>
    return error instanceof ApiError && error.code === 'RUN_NOT_FOUND' ? (
      <EmptyState title={`There is no run ${id}`} command="atelier runs reindex">
        If its folder is among the runs, this command puts it into the database:
      </EmptyState>
    ) : (
      <Problem error={error} />
    )
  }
  return (
    <div className="page">
      {error !== null && <Problem error={error} />}
      <RunHead run={run} />
      <Tabs tab={search.tab ?? 'curves'} id={id} />
      <Panel run={run} search={search} change={change} />
    </div>
  )
}

/** What a run wrote at its very end is asked for once more when it has ended. */
function useLastLook(id: string, status: string | undefined) {
  const client = useQueryClient()
  useEffect(() => {
    if (status === undefined || status === 'running') return
    void client.invalidateQueries({ queryKey: ['series', id] })
    void client.invalidateQueries({ queryKey: ['files', id] })
  }, [client, id, status])
}

const TABS: readonly (readonly [RunTab, string])[] = [
  ['curves', 'Curves'],
  ['config', 'Configuration'],
  ['files', 'Figures and files'],
  ['details', 'Details'],
]

function Tabs({ tab, id }: { readonly tab: RunTab; readonly id: string }) {
  return (
    <nav className="tabs" aria-label="About this run">
      {TABS.map(([name, title]) => (
        <Link
          key={name}
          to="/runs/$id"
          params={{ id }}
          search={(old) => {
            const { tab: _, file: __, ...rest } = old as RunSearch
            return name === 'curves' ? rest : { ...rest, tab: name }
          }}
          className={name === tab ? 'chosen' : ''}
          aria-current={name === tab ? 'page' : undefined}
        >
          {title}
        </Link>
      ))}
    </nav>
  )
}

function Panel({
  run,
  search,
  change,
}: {
  readonly run: UiRun
  readonly search: RunSearch
  readonly change: ChangeSearch<RunSearch>
}) {
  switch (search.tab) {
    case 'config':
      return <ConfigTable run={run} find={search.find ?? ''} change={change} />
    case 'files':
      return <RunFiles run={run} file={search.file} change={change} />
    case 'details':
      return <RunDetails run={run} />
    default:
      return <RunCurves run={run} search={search} change={change} />
  }
}
