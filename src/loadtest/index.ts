export type { ClosedLoop, LoadPlan, LoadRoute, OpenLoop } from './load-plan.ts'
export type {
  FailureGroup,
  LatencySummary,
  LoadPoint,
  LoadResult,
  RouteResult,
} from './load-result.ts'
export type { CheckedAnswer } from './load-session.ts'
export type { UploadImage } from './request-bytes.ts'
export { type LoadDeps, runLoad } from './run-load.ts'
export {
  type LoadMix,
  type ServiceRouteName,
  serviceRouteNames,
  serviceRoutes,
} from './service-routes.ts'
export { writeLoadReport } from './write-load-report.ts'
