import { AtelierError } from '../core/index.ts'

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
