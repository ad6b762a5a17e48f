/** The contract of the registry on both databases; PostgreSQL with ATELIER_TEST=full. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { openSqliteFile } from '../src/storage/sqlite-library.ts'
import {
  execute,
  findPostgres,
  type PostgresServer,
  startPostgres,
} from './support/postgres-server.ts'
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

const bin = findPostgres()
const missing =
  process.env['ATELIER_TEST'] !== 'full'
    ? ' (left out: ATELIER_TEST=full runs it)'
    : bin === undefined
      ? ' (left out: no PostgreSQL in /usr/lib/postgresql)'
      : undefined

describe.skipIf(missing)(`openRegistry on PostgreSQL${missing ?? ''}`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres(bin!)
  }, 120_000)
  afterAll(() => server?.stop(), 60_000)

  describeRegistry(() => ({
    fresh: async () => ({ url: await server.createDatabase(), path: '' }),
    execute: ({ url }, sql) => execute(url!, sql),
  }))
})
