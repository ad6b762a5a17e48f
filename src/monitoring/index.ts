export { readReference } from './reference/read-reference.ts'
export {
  type ColumnType,
  type DriftTest,
  type DriftTestName,
  driftTests,
} from './statistics/drift-tests.ts'
