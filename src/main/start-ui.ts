import type { RunningUi, UiOptions } from '../cli/index.ts'
import { createUiServer } from '../http/index.ts'
import { openRunStore } from '../tracking/index.ts'
import { listen } from './listen.ts'
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
    const url = await listenSomewhere(app, options)
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
async function listenSomewhere(app: App, { host, port }: UiOptions): Promise<string> {
  const first = port ?? FIRST_PORT
  for (let next = first; ; next++) {
    try {
      return await listen(app, host, next)
    } catch (error) {
      const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code
      if (code !== 'EADDRINUSE' || port !== undefined || next >= first + PORTS_TRIED) throw error
    }
  }
}
