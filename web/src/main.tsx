import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createServiceRouter, createUiRouter } from './router.tsx'
import { ApiError } from './shared/request.ts'
import { servedBy } from './shared/served.ts'
import './style/base.css'
import './style/parts.css'
import './style/runs.css'
import './style/run.css'
import './style/compare.css'
import './style/try.css'

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1000,
      // a wrong request stays wrong; a server that restarts comes back
      retry: (count, error) => !(error instanceof ApiError && error.status < 500) && count < 2,
    },
  },
})

const router = servedBy === 'service' ? createServiceRouter() : createUiRouter()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
