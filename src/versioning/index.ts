export { type AddedPath, addPaths } from './add-paths.ts'
export { type CheckedOut, checkOut } from './check-out.ts'
export { dataStatus, type OutputStatus } from './data-status.ts'
export { initRepository } from './init-repository.ts'
export { type LockOptions, withRepositoryLock } from './lock/repository-lock.ts'
export type { HashKind, ObjectRef } from './objects/object-id.ts'
export type { DataHash } from './pointer/dvc-file.ts'
export { type CloudStatus, requirePushed, type Transferred } from './remote/transfer.ts'
export {
  type DataHost,
  type DataRepository,
  findRepositoryRoot,
  openRepository,
} from './repository.ts'
export { dataCloudStatus, fetchData, type Pulled, pullData, pushData } from './transfer-data.ts'
export { type CheckOutChange, type CheckOutOptions, checkOutPath } from './work/check-out-path.ts'
export { commitPath } from './work/commit-path.ts'
export { type HashedPath, type HashOptions, hashPath } from './work/hash-path.ts'
