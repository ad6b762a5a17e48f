import fastify, { type FastifyInstance } from 'fastify'
import type { Logger } from '../core/index.ts'
import type { RunStore } from '../tracking/index.ts'
import { answerErrors, answerMissing } from './answer-errors.ts'
import { comparePlugin } from './compare-plugin.ts'
import { filesPlugin } from './files-plugin.ts'
import { guardRequests } from './guard-requests.ts'
import { keysPlugin } from './keys-plugin.ts'
import { pagesPlugin } from './pages-plugin.ts'
import { runsPlugin } from './runs-plugin.ts'
import { seriesPlugin } from './series-plugin.ts'

export interface UiServerOptions {
  readonly store: RunStore
  /** The built pages: `index.html` and what it loads. */
  readonly pages: string
  /** Host names the server answers to besides localhost and plain addresses. */
  readonly hosts?: readonly string[]
  /** Told about defects only. */
  readonly logger: Logger
}

/** The browser interface and its API, not listening yet. Reads only: no route changes anything. */
export async function createUiServer(options: UiServerOptions): Promise<FastifyInstance> {
  const { store, logger } = options
  const app = fastify({
    logger: false,
    // an open page keeps its connections: without this, close would wait for them
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
  })
  guardRequests(app, options.hosts ?? [])
  answerErrors(app, logger)
  answerMissing(app)
  await app.register(runsPlugin, { store })
  await app.register(seriesPlugin, { store })
  await app.register(filesPlugin, { store })
  await app.register(keysPlugin, { store })
  await app.register(comparePlugin, { store })
  await app.register(pagesPlugin, { folder: options.pages, servedBy: 'ui' })
  return app
}
