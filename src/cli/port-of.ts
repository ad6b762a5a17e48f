import { AtelierError } from '../core/index.ts'

/** `PORT` as hosts of services set it; undefined where it is not set. Throws USAGE. */
export function portOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port
  throw new AtelierError('USAGE', `PORT is '${text}', wanted a number from 0 to 65535.`)
}
