import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  UiBest,
  UiComparison,
  UiFiles,
  UiKeys,
  UiRun,
  UiRunPage,
  UiSeriesList,
} from '../../../src/contracts/index.ts'
import { request } from './request.ts'
import { BASE } from './served.ts'

const API = new URL('api/', BASE).pathname
const GONE = 'The server does not answer. Start it again with `atelier ui`.'

type Params = Readonly<Record<string, string | number | undefined>>

/** `path` is below `/api/`. */
function get<T>(path: string, params: Params, signal: AbortSignal): Promise<T> {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== '')
  const query = new URLSearchParams(given.map(([key, value]) => [key, String(value)]))
  const url = `${API}${path}`
  return request<T>(given.length === 0 ? url : `${url}?${query}`, { signal }, GONE)
}

export interface RunsQuery {
  readonly filter: string
  readonly sort: string
  readonly columns: readonly string[]
}

export const PAGE_SIZE = 100
/** How often a page looks again, in milliseconds: while something trains, and otherwise. */
const LIVE_MS = 1500
const IDLE_MS = 10_000

export function runsOptions(query: RunsQuery, page: number) {
  return queryOptions({
    queryKey: ['runs', query, page] as const,
    queryFn: ({ signal }) =>
      get<UiRunPage>('runs', { ...listParams(query), offset: page * PAGE_SIZE }, signal),
    ...(page === 0 ? { placeholderData: keepPreviousData } : {}),
    refetchInterval: ({ state }) =>
      state.data?.rows.some((row) => row.status === 'running') ? LIVE_MS : IDLE_MS,
  })
}

function listParams({ filter, sort, columns }: RunsQuery) {
  return { filter, sort, columns: columns.join(','), limit: PAGE_SIZE }
}

export function bestOptions(filter: string, columns: readonly string[]) {
  return queryOptions({
    queryKey: ['best', filter, columns] as const,
    queryFn: ({ signal }) => get<UiBest>('best', { filter, columns: columns.join(',') }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: IDLE_MS,
  })
}

export const keysOptions = queryOptions({
  queryKey: ['keys'] as const,
  queryFn: ({ signal }) => get<UiKeys>('keys', {}, signal),
  staleTime: 30_000,
})

export function runOptions(id: string) {
  return queryOptions({
    queryKey: ['run', id] as const,
    queryFn: ({ signal }) => get<UiRun>(runPath(id), {}, signal),
    refetchInterval: ({ state }) => (state.data?.record.status === 'running' ? LIVE_MS : IDLE_MS),
  })
}

export function seriesOptions(id: string, live: boolean, metrics: readonly string[] = []) {
  return queryOptions({
    queryKey: ['series', id, metrics] as const,
    queryFn: ({ signal }) =>
      get<UiSeriesList>(
        `${runPath(id)}/series`,
        { metrics: metrics.join(','), buckets: 300 },
        signal,
      ),
    refetchInterval: live ? LIVE_MS : false,
  })
}

export function filesOptions(id: string, live: boolean) {
  return queryOptions({
    queryKey: ['files', id] as const,
    queryFn: ({ signal }) => get<UiFiles>(`${runPath(id)}/files`, {}, signal),
    refetchInterval: live ? 3 * LIVE_MS : false,
  })
}

export function compareOptions(ids: readonly string[]) {
  return queryOptions({
    queryKey: ['compare', ids] as const,
    queryFn: ({ signal }) => get<UiComparison>('compare', { ids: ids.join(',') }, signal),
    placeholderData: keepPreviousData,
    enabled: ids.length > 0,
    refetchInterval: ({ state }) =>
      state.data?.runs.some((row) => row.status === 'running') ? LIVE_MS : IDLE_MS,
  })
}

function runPath(id: string): string {
  return `runs/${encodeURIComponent(id)}`
}

export function fileUrl(id: string, path: string): string {
  return `${API}${runPath(id)}/files/${path.split('/').map(encodeURIComponent).join('/')}`
}
