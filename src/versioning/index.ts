export { type AddedPath, addPaths } from './add-paths.ts'
export { type CheckedOut, checkOut } from './check-out.ts'
export {
  collectGarbage,
  type GarbageOptions,
  type GarbageResult,
} from './collect-garbage.ts'
export { commitData } from './commit-data.ts'
export type { ConfigLevel } from './config/dvc-config.ts'
export { dataStatus, type OutputStatus } from './data-status.ts'
export { type DataDifference, diffData } from './diff-data.ts'
export { type DoctorFinding, examineRepository } from './doctor/examine-repository.ts'
export { initRepository } from './init-repository.ts'
export type { LockOptions } from './lock/repository-lock.ts'
export {
  addRemote,
  listRemotes,
  listSettings,
  modifyRemote,
  removeRemote,
  renameRemote,
  setDefaultRemote,
  setSetting,
} from './manage-remotes.ts'
export type { HashKind, ObjectRef } from './objects/object-id.ts'
export type { ChangedStage } from './pipeline/change-stages.ts'
export type { PipelineProject } from './pipeline/pipeline-project.ts'
export type { PipelineNode, ReproduceEvent, StageOutcome } from './pipeline/reproduce.ts'
export type { StageChange } from './pipeline/stage-changes.ts'
export type { StageParts } from './pipeline/stage-definition.ts'
export {
  addStage,
  freezeStage,
  openPipelines,
  reproduce,
  selectNodes,
} from './pipelines.ts'
export type { DataHash } from './pointer/dvc-file.ts'
export { type CloudStatus, requirePushed, type Transferred } from './remote/transfer.ts'
export { removeData } from './remove-data.ts'
export {
  type DataHost,
  type DataRepository,
  openRepository,
} from './repository.ts'
export { dataCloudStatus, fetchData, type Pulled, pullData, pushData } from './transfer-data.ts'
export type { CheckOutChange, CheckOutOptions } from './work/check-out-path.ts'
export type { HashedPath, HashOptions } from './work/hash-path.ts'
