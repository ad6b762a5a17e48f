import {
  createRootRoute,
  createRoute,
  createRouter,
  parseSearchWith,
  stringifySearchWith,
} from '@tanstack/react-router'
import { ComparePage } from './compare/compare-page.tsx'
import { PageFrame } from './page-frame.tsx'
import { RunPage } from './run/run-page.tsx'
import { RunsPage } from './runs/runs-page.tsx'
import { readCompareSearch, readRunSearch, readRunsSearch } from './search.ts'
import { EmptyState } from './shared/empty-state.tsx'

const root = createRootRoute({ component: PageFrame, notFoundComponent: NothingHere })

const runs = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readRunsSearch,
  component: RunsPage,
})
const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$id',
  validateSearch: readRunSearch,
  component: RunPage,
})
const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: readCompareSearch,
  component: ComparePage,
})

export function createAppRouter() {
  return createRouter({
    routeTree: root.addChildren([runs, run, compare]),
    // plain words in the address instead of quoted JSON
    parseSearch: parseSearchWith((text) => text),
    stringifySearch: stringifySearchWith(String),
    defaultPreload: false,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}

function NothingHere() {
  return (
    <EmptyState title="There is no such page.">
      The pages are Runs and Compare, in the line above.
    </EmptyState>
  )
}
