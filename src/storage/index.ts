export { type Database, type DatabasePlace, openDatabase } from './database.ts'
export type { DatabaseKind } from './database-kind.ts'
export type { DatabaseSchema, Migration } from './migrate.ts'
export { createCrc32c } from './objects/crc32c.ts'
export { type DownloadOptions, downloadObject } from './objects/download-object.ts'
export { existingKeys } from './objects/existing-keys.ts'
export { forEachConcurrent } from './objects/for-each-concurrent.ts'
export type {
  ObjectInfo,
  ObjectSource,
  ObjectStore,
  ReadOptions,
  WriteOptions,
} from './objects/object-store.ts'
export { type ObjectStoreOptions, objectStoreOptionsFrom } from './objects/object-store-options.ts'
export { openObjectStore } from './objects/open-object-store.ts'
export { readObjectUrl } from './objects/read-object-url.ts'
