import { isLoopback, type RunningService, type ServeOptions } from '../cli/index.ts'
import { createServiceApp, createServiceMetrics, stopServer } from '../http/index.ts'
import { createPredictionService, openModelSource } from '../serving/index.ts'
import { listen } from './listen.ts'

const MAX_MODEL_BYTES = 2 ** 29
/** `.ts` or `.js`: threads run what this runs as. */
const EXTENSION = import.meta.filename.slice(-3)

/** Opens the model and serves predictions until it is closed. */
export async function startService(options: ServeOptions): Promise<RunningService> {
  const { config, cwd, token, pages, version, logger, clock } = options
  const source = openModelSource(options.model, {
    cwd,
    maxBytes: MAX_MODEL_BYTES,
    readUri: undefined,
    registry: undefined,
  })
  const metrics = createServiceMetrics(clock)
  const threads = { model: threadFile('model-thread'), decode: threadFile('decode-thread') }
  const { events } = metrics
  const service = createPredictionService({ config, source, events, threads, clock, logger })
  let stopping = false
  const app = await createServiceApp({
    service,
    metrics,
    token,
    // on loopback a foreign name can only be a trick; elsewhere names are the network's business
    hosts: isLoopback(config.host) ? [config.host] : undefined,
    pages,
    version,
    isStopping: () => stopping,
    clock,
    logger,
  })
  const close = async (limitMs: number) => {
    stopping = true
    const started = clock.monotonic()
    await stopServer(app, limitMs)
    await service.close(Math.max(0, limitMs - (clock.monotonic() - started)))
  }
  try {
    await service.start()
    const url = await listen(app, config.host, config.port)
    return {
      url,
      model: () => service.slot.current?.model.identity,
      close: () => close(config.drain_seconds * 1000),
    }
  } catch (error) {
    await close(0)
    throw error
  }
}

function threadFile(name: string): URL {
  return new URL(`./${name}${EXTENSION}`, import.meta.url)
}
