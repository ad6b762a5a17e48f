import { resolve } from 'node:path'
import { isLoopback, type RunningService, type ServeOptions } from '../cli/index.ts'
import { createServiceMetrics, type ServiceMetrics } from '../http/service/service-metrics.ts'
import { stopServer } from '../http/stop-server.ts'
import type { PredictionSink } from '../monitoring/index.ts'
import { isModelUri } from '../registry/model-uri.ts'
import {
  createPredictionService,
  type ModelSource,
  openModelSource,
  type PredictionService,
  type ReadUri,
} from '../serving/index.ts'
import { listen } from './listen.ts'
import type { OpenedSink } from './open-prediction-sink.ts'
import { threadFile } from './thread-file.ts'

const MAX_MODEL_BYTES = 2 ** 29

/**
 * Opens the model and serves predictions until it is closed. How soon it answers is mostly how little
 * it loads: so what only some services need is loaded where they need it, and past the doors.
 */
export async function startService(options: ServeOptions): Promise<RunningService> {
  const opened: (() => Promise<void>)[] = []
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    const source = await openSource(options, opened)
    const log = await openSink(options)
    if (log !== undefined) opened.push(() => log.sink.close())
    return await serve(options, source, log, closeAll)
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
  const { openConfiguredRegistry } = await import('../cli/models/with-registry.ts')
  const { registryResolver } = await import('./registry-resolver.ts')
  const registry = await openConfiguredRegistry(options, options.config)
  opened.push(() => registry.close())
  return openModelSource(model, { ...base, registry: registryResolver(registry) })
}

function uriReader({ cwd, env, clock }: ServeOptions): ReadUri {
  return async (uri, limits) => {
    const { objectStoreOptionsFrom, readObjectUrl } = await import('../storage/index.ts')
    const store = { cwd, clock, ...objectStoreOptionsFrom(env) }
    return new Uint8Array(await readObjectUrl(uri, { ...store, ...limits }))
  }
}

async function openSink(options: ServeOptions): Promise<OpenedSink | undefined> {
  const { config, cwd, env, clock, logger } = options
  const { openPredictionSink } = await import('./open-prediction-sink.ts')
  return openPredictionSink({
    config: config.monitoring,
    ...{ env, cwd },
    database: resolve(cwd, config.tracking.database),
    clock,
    logger,
  })
}

async function serve(
  options: ServeOptions,
  source: ModelSource,
  opened: OpenedSink | undefined,
  closeAll: () => Promise<void>,
): Promise<RunningService> {
  const { logger, clock } = options
  const config = options.config.serving
  const metrics = createServiceMetrics(clock)
  const threads = { model: threadFile('model-thread'), decode: threadFile('decode-thread') }
  const { events } = metrics
  const onPrediction = opened?.sink.record
  const service = createPredictionService({
    ...{ config, source, events, threads, clock, logger, onPrediction },
  })
  // a model is opened in a thread: what the server needs is loaded meanwhile
  const started = service.start()
  const lifecycle = { isStopping: false }
  const parts = { service, metrics, sink: opened?.sink, lifecycle }
  const app = await openApp(options, parts).catch(async (error: unknown) => {
    await started
    await service.close(0)
    throw error
  })
  const close = async (limitMs: number) => {
    lifecycle.isStopping = true
    const began = clock.monotonic()
    await stopServer(app, limitMs)
    await service.close(Math.max(0, limitMs - (clock.monotonic() - began)))
    await closeAll()
  }
  try {
    await started
    const url = await listen(app, config.host, config.port)
    void opened?.prepare()
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

interface AppParts {
  readonly service: PredictionService
  readonly metrics: ServiceMetrics
  readonly sink: PredictionSink | undefined
  readonly lifecycle: { readonly isStopping: boolean }
}

async function openApp(options: ServeOptions, { service, metrics, sink, lifecycle }: AppParts) {
  const { token, pages, version, logger, clock } = options
  const { host } = options.config.serving
  const { createServiceApp } = await import('../http/service/create-service-app.ts')
  return createServiceApp({
    ...{ service, metrics, token, pages, version, clock, logger },
    // on loopback a foreign name can only be a trick; elsewhere names are the network's business
    hosts: isLoopback(host) ? [host] : undefined,
    onFeedback: sink?.feedback,
    onAnswer: sink?.answered,
    isStopping: () => lifecycle.isStopping,
  })
}
