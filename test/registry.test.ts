/** The contract of the registry on both databases; PostgreSQL with ATELIER_TEST=full. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { openSqliteFile } from '../src/storage/sqlite-library.ts'
import { describeOnPostgres } from './support/on-postgres.ts'
import { execute } from './support/postgres-server.ts'
import { describeRegistry } from './support/registry-contract.ts'

let folder = ''
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-registry-db-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('openRegistry on SQLite', () => {
  describeRegistry(() => ({
    fresh: async () => ({ path: join(folder, `new ${++count}`, 'atelier.db') }),
    async execute({ path }, sql) {
      const database = await openSqliteFile(path)
      database.prepare(sql).run()
      database.close()
    },
  }))
})

describeOnPostgres('openRegistry', (createDatabase) => {
  describeRegistry(() => ({
    fresh: async () => ({ url: await createDatabase(), path: '' }),
    execute: ({ url }, sql) => execute(url!, sql),
  }))
})
