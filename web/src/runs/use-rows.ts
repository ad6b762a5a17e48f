import { useQueries } from '@tanstack/react-query'
import type { UiRunRow } from '../../../src/contracts/index.ts'
import { PAGE_SIZE, type RunsQuery, runsOptions } from '../shared/api.ts'

/** Rows by their place in the whole table; only the pages between `first` and `last` are asked for. */
export function useRows(query: RunsQuery, first: number, last: number) {
  const firstPage = Math.floor(first / PAGE_SIZE)
  const pages = Array.from(
    { length: Math.floor(last / PAGE_SIZE) - firstPage + 1 },
    (_, at) => firstPage + at,
  )
  const results = useQueries({ queries: pages.map((page) => runsOptions(query, page)) })
  return (index: number): UiRunRow | undefined => {
    const page = Math.floor(index / PAGE_SIZE)
    return results[page - firstPage]?.data?.rows[index % PAGE_SIZE]
  }
}
