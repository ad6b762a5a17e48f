import { CompiledQuery, type Dialect, PostgresDialect } from 'kysely'
import pg from 'pg'

const CONNECTIONS = 4
const CONNECT_MS = 5000
const BIGINT = 20

/** Kysely on a small pool of connections. */
export function postgresDialect(url: string): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    // an idle connection must not keep a finished program from ending
    allowExitOnIdle: true,
    application_name: 'atelier',
    types: { getTypeParser: parserOf },
  })
  // a server that restarts breaks idle connections; the next query opens another one
  pool.on('error', () => {})
  return new PostgresDialect({
    pool,
    async onCreateConnection(connection) {
      // sets of a million runs are hashed, not searched row by row
      await connection.executeQuery(CompiledQuery.raw("set work_mem = '64MB'"))
    },
  })
}

/** Whole numbers stay below 2^53 here, so they need not be text. */
const parserOf: typeof pg.types.getTypeParser = (id: number, format?: 'text' | 'binary') =>
  id === BIGINT ? Number : pg.types.getTypeParser(id, format as 'text')
