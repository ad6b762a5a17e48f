export { buildReport, type ReportInput } from './build-report.ts'
export { fitTemperature } from './fit-temperature.ts'
export type { Predictions } from './predictions.ts'
