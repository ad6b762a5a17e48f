export type { ActiveRun, FinishOptions } from '../tracking/index.ts'
export { type InitOptions, init } from './init.ts'
