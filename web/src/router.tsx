import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  stringifySearchWith,
} from '@tanstack/react-router'
import { PageFrame } from './page-frame.tsx'
import { readCompareSearch, readRunSearch, readRunsSearch } from './search.ts'
import { EmptyState } from './shared/empty-state.tsx'
import { BASE } from './shared/served.ts'

const root = createRootRoute({ component: PageFrame, notFoundComponent: NothingHere })

const runs = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readRunsSearch,
  component: lazyRouteComponent(() => import('./runs/runs-page.tsx'), 'RunsPage'),
})
const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$id',
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import('./run/run-page.tsx'), 'RunPage'),
})
const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import('./compare/compare-page.tsx'), 'ComparePage'),
})
const tryOut = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./try/try-page.tsx'), 'TryPage'),
})

const options = {
  basepath: BASE.pathname,
  // plain words in the address instead of quoted JSON
  parseSearch: parseSearchWith((text) => text),
  stringifySearch: stringifySearchWith(String),
  defaultPreload: false,
} as const

/** The pages of `atelier ui`. */
export function createUiRouter() {
  return createRouter({ routeTree: root.addChildren([runs, run, compare]), ...options })
}

/** The pages of the inference service. */
export function createServiceRouter() {
  return createRouter({ routeTree: root.addChildren([tryOut]), ...options })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createUiRouter>
  }
}

function NothingHere() {
  return (
    <EmptyState title="There is no such page.">
      The pages that there are stand in the line above.
    </EmptyState>
  )
}
