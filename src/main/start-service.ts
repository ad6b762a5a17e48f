import type { RunningService, ServeOptions } from '../cli/index.ts'
import { createServiceApp } from '../http/index.ts'
import { createPredictionService, openModelSource, type ServingEvents } from '../serving/index.ts'
import { listen } from './listen.ts'

const MAX_MODEL_BYTES = 2 ** 29
const SIBLING = import.meta.filename.slice(-3)

/** Opens the model and serves predictions until it is closed. */
export async function startService(options: ServeOptions): Promise<RunningService> {
  const { config, cwd, logger, clock, version } = options
  const source = openModelSource(options.model, {
    cwd,
    maxBytes: MAX_MODEL_BYTES,
    readUri: undefined,
    registry: undefined,
  })
  const events: ServingEvents = {
    onBatch: () => {},
    onReload: () => {},
    onCrash: () => {},
    onLoss: () => {},
  }
  const service = createPredictionService({
    config,
    source,
    events,
    threads: { model: threadFile('model-thread'), decode: threadFile('decode-thread') },
    clock,
    logger,
  })
  const app = await createServiceApp({ service, version, logger })
  try {
    await service.start()
    const url = await listen(app, config.host, config.port)
    return {
      url,
      model: () => service.slot.current?.model.identity,
      close: async () => {
        await app.close()
        await service.close(config.drain_seconds * 1000)
      },
    }
  } catch (error) {
    await app.close()
    await service.close(0)
    throw error
  }
}

function threadFile(name: string): URL {
  return new URL(`./${name}${SIBLING}`, import.meta.url)
}
