export { type Database, type DatabasePlace, openDatabase } from './database.ts'
export type { DatabaseKind } from './database-kind.ts'
export type { DatabaseSchema, Migration } from './migrate.ts'
