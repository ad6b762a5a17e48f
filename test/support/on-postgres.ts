import { afterAll, beforeAll, describe } from 'vitest'
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
  const missing =
    process.env['ATELIER_TEST'] !== 'full'
      ? ' (left out: ATELIER_TEST=full runs it)'
      : bin === undefined
        ? ' (left out: no PostgreSQL in /usr/lib/postgresql)'
        : undefined
  describe.skipIf(missing)(`${subject} on PostgreSQL${missing ?? ''}`, () => {
    let server: PostgresServer
    beforeAll(async () => {
      server = await startPostgres(bin!)
    }, 120_000)
    afterAll(() => server?.stop(), 60_000)
    tests(() => server.createDatabase())
  })
}
