import { afterAll, beforeAll, describe } from 'vitest'
import { leftOut } from './only-in-full.ts'
import { findPostgres, type PostgresServer, startPostgres } from './postgres-server.ts'

/**
 * Tests that have a PostgreSQL server to themselves; `createDatabase` makes an empty database and gives
 * its URL. Left out where that cannot be, and the name of the suite says why.
 */
export function describeOnPostgres(
  subject: string,
  tests: (createDatabase: () => Promise<string>) => void,
): void {
  const bin = findPostgres()
  const missing = leftOut(() => bin !== undefined, 'PostgreSQL in /usr/lib/postgresql')
  describe.skipIf(missing)(`${subject} on PostgreSQL${missing}`, () => {
    let server: PostgresServer
    beforeAll(async () => {
      server = await startPostgres(bin!)
    }, 120_000)
    afterAll(() => server?.stop(), 60_000)
    tests(() => server.createDatabase())
  })
}
