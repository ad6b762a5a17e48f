import { resolve } from 'node:path'
import { isLoopback, type RunningService, type ServeOptions } from '../cli/index.ts'
import { openConfiguredRegistry } from '../cli/models/with-registry.ts'
import { createServiceApp, createServiceMetrics, stopServer } from '../http/index.ts'
import type { PredictionSink } from '../monitoring/index.ts'
import { isModelUri } from '../registry/index.ts'
import {
  createPredictionService,
  type ModelSource,
  openModelSource,
  type ReadUri,
} from '../serving/index.ts'
import { objectStoreOptionsFrom, readObjectUrl } from '../storage/index.ts'
import { listen } from './listen.ts'
import { openPredictionSink } from './open-prediction-sink.ts'
import { registryResolver } from './registry-resolver.ts'

const MAX_MODEL_BYTES = 2 ** 29
/** `.ts` or `.js`: threads run what this runs as. */
const EXTENSION = import.meta.filename.slice(-3)

/** Opens the model and serves predictions until it is closed. */
export async function startService(options: ServeOptions): Promise<RunningService> {
  const opened: (() => Promise<void>)[] = []
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    const source = await openSource(options, opened)
    const sink = await openSink(options)
    if (sink !== undefined) opened.push(() => sink.close())
    return await serve(options, source, sink, closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}

type Closers = (() => Promise<void>)[]

async function openSource(options: ServeOptions, opened: Closers): Promise<ModelSource> {
  const { cwd, model } = options
  const base = { cwd, maxBytes: MAX_MODEL_BYTES, readUri: uriReader(options) }
  if (!isModelUri(model)) return openModelSource(model, { ...base, registry: undefined })
  const registry = await openConfiguredRegistry(options, options.config)
  opened.push(() => registry.close())
  return openModelSource(model, { ...base, registry: registryResolver(registry) })
}

function uriReader({ cwd, env, clock }: ServeOptions): ReadUri {
  const store = { cwd, clock, ...objectStoreOptionsFrom(env) }
  return async (uri, limits) => new Uint8Array(await readObjectUrl(uri, { ...store, ...limits }))
}

function openSink(options: ServeOptions): Promise<PredictionSink | undefined> {
  const { config, cwd, env, clock, logger } = options
  return openPredictionSink({
    config: config.monitoring,
    uri: env['LOG_URI'],
    cwd,
    database: { url: env['DATABASE_URL'], path: resolve(cwd, config.tracking.database) },
    clock,
    logger,
  })
}

async function serve(
  options: ServeOptions,
  source: ModelSource,
  sink: PredictionSink | undefined,
  closeAll: () => Promise<void>,
): Promise<RunningService> {
  const { token, pages, version, logger, clock } = options
  const config = options.config.serving
  const metrics = createServiceMetrics(clock)
  const threads = { model: threadFile('model-thread'), decode: threadFile('decode-thread') }
  const { events } = metrics
  const onPrediction = sink === undefined ? undefined : sink.record
  const service = createPredictionService({
    ...{ config, source, events, threads, clock, logger, onPrediction },
  })
  let stopping = false
  const app = await createServiceApp({
    service,
    metrics,
    token,
    // on loopback a foreign name can only be a trick; elsewhere names are the network's business
    hosts: isLoopback(config.host) ? [config.host] : undefined,
    pages,
    version,
    onFeedback: sink?.feedback,
    onAnswer: sink?.answered,
    isStopping: () => stopping,
    clock,
    logger,
  })
  const close = async (limitMs: number) => {
    stopping = true
    const started = clock.monotonic()
    await stopServer(app, limitMs)
    await service.close(Math.max(0, limitMs - (clock.monotonic() - started)))
    await closeAll()
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
