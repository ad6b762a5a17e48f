import { CompiledQuery, type Dialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import { AtelierError } from '../core/index.ts'

const CONNECTIONS = 4
const CONNECT_MS = 5000
const BIGINT = 20

/** `postgres HOST:PORT/DATABASE`: never a user or a password. Throws STORE_UNAVAILABLE for another kind of URL. */
export function describePostgres(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new AtelierError('STORE_UNAVAILABLE', 'DATABASE_URL is not a PostgreSQL URL.', {
      hint: 'Write postgres://USER:PASSWORD@HOST:5432/DATABASE, or unset it to use SQLite.',
    })
  }
  const host = parsed.host || (parsed.searchParams.get('host') ?? 'localhost')
  return `postgres ${host}${parsed.pathname}`
}

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
