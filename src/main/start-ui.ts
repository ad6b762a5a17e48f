import type { RunningUi, UiOptions } from '../cli/index.ts'
import { AtelierError } from '../core/index.ts'
import { createUiServer } from '../http/index.ts'
import { openRunStore } from '../tracking/index.ts'
import { watchRuns } from './watch-runs.ts'

const FIRST_PORT = 4400
const PORTS_TRIED = 20

/** Opens the database, looks after it, and serves the browser interface until it is closed. */
export async function startUi(options: UiOptions): Promise<RunningUi> {
  const store = await openRunStore(options.database)
  const app = await createUiServer({
    store,
    pages: options.pages,
    hosts: [options.host],
    logger: options.logger,
  })
  try {
    const url = await listen(app, options)
    const watch = watchRuns({ ...options, store })
    return {
      url,
      close: async () => {
        await watch.stop()
        await app.close()
        await store.close()
      },
    }
  } catch (error) {
    await app.close()
    await store.close()
    throw error
  }
}

type App = Awaited<ReturnType<typeof createUiServer>>

/** At the port asked for; else at the first free one from the usual one on. */
async function listen(app: App, { host, port }: UiOptions): Promise<string> {
  const first = port ?? FIRST_PORT
  for (let next = first; ; next++) {
    try {
      await app.listen({ host, port: next })
      return urlOf(app, host)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const isTaken = code === 'EADDRINUSE'
      if (isTaken && port === undefined && next < first + PORTS_TRIED) continue
      if (!isTaken && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error
      throw new AtelierError(
        'PORT_UNAVAILABLE',
        `Nothing can listen at ${host}:${next} (${code}).`,
        {
          hint: 'Choose another port or address with --port or --host.',
          cause: error,
        },
      )
    }
  }
}

function urlOf(app: App, host: string): string {
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  // an address that means "all of them" cannot be opened in a browser
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/`
}
