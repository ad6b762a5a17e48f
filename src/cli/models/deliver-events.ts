import type { Registry } from '../../registry/index.ts'
import type { CommandContext } from '../context.ts'

const ATTEMPTS = 2
const TIMEOUT_MS = 4000

/** Tells the receivers what was just done. It is done whether they hear of it or not: a failure is only told. */
export async function deliverEvents(
  { env, signal, logger }: CommandContext,
  registry: Registry,
): Promise<void> {
  const options = { env, signal, attempts: ATTEMPTS, timeoutMs: TIMEOUT_MS }
  const tried = await registry.deliver(options)
  for (const { state, event, url, outcome } of tried) {
    if (state === 'delivered') continue
    const what = state === 'failed' ? 'was refused' : 'is not delivered yet'
    const again = state === 'failed' ? '' : ' `atelier models deliver` sends it again.'
    logger.warn(`${event} for ${receiverOf(url)} ${what}: ${outcome}.${again}`)
  }
}

/** Without the query, in which some services have their secrets. */
export const receiverOf = (url: string) => url.replace(/[?#].*$/, '')
