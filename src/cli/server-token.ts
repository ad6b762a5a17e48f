import { AtelierError } from '../core/index.ts'
import { isLoopback } from './is-loopback.ts'

const SHORTEST_TOKEN = 16
const MAKE_TOKEN =
  "Make one: export ATELIER_TOKEN=$(node -p 'crypto.randomBytes(24).toString(`base64url`)')"

/** What whoever reaches the address of a server cannot guess. Throws TOKEN_MISSING. */
export function serverToken(host: string, token: string | undefined): string | undefined {
  const given = token === '' ? undefined : token
  if (given !== undefined && given.length < SHORTEST_TOKEN) {
    throw new AtelierError(
      'TOKEN_MISSING',
      `The token has ${given.length} characters, wanted at least ${SHORTEST_TOKEN}.`,
      { hint: MAKE_TOKEN },
    )
  }
  if (given !== undefined || isLoopback(host)) return given
  throw new AtelierError('TOKEN_MISSING', `Listening at ${host} needs a token.`, {
    hint: MAKE_TOKEN,
  })
}
