export type { ArtifactStore } from './artifact-store.ts'
export { folderArtifactStore } from './folder-artifact-store.ts'
export { formatModelUri, isModelUri, type ModelReference, parseModelUri } from './model-uri.ts'
export type {
  AliasMove,
  AliasRemoval,
  HistoryQuery,
  NewModelVersion,
  RegisteredModel,
  Registration,
  Registry,
  ResolvedModel,
  Rollback,
  VersionChange,
} from './registry.ts'
export { openRegistry, type RegistryOptions } from './sql/open-registry.ts'
