export type { ArtifactStore } from './artifact-store.ts'
export { modelCardMarkdown } from './card/model-card-markdown.ts'
export { modelCardPage } from './card/model-card-page.ts'
export type { Delivery } from './events/delivery.ts'
export { folderArtifactStore } from './folder-artifact-store.ts'
export { type GateInput, type GateSubject, judgeCandidate } from './gate/judge-candidate.ts'
export { formatModelUri, isModelUri, type ModelReference, parseModelUri } from './model-uri.ts'
export { objectArtifactStore } from './object-artifact-store.ts'
export { requireFreeAlias } from './protected-aliases.ts'
export type {
  AliasMove,
  AliasRemoval,
  HistoryQuery,
  NewModelVersion,
  PastAlias,
  PastAliases,
  Problem,
  Promotion,
  RegisteredModel,
  Registration,
  Registry,
  ResolvedModel,
  Rollback,
  Verification,
  VerifyOptions,
  VersionChange,
} from './registry.ts'
export { openRegistry, type RegistryOptions } from './sql/open-registry.ts'
