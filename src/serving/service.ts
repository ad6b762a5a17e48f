import { availableParallelism } from 'node:os'
import { BUNDLE_IO, type ServingConfig } from '../contracts/index.ts'
import type { Clock, Logger } from '../core/index.ts'
import { Classifier, deliver, type OnPrediction, type PredictionPool } from './classifier.ts'
import { type ImageDecoder, ThreadDecoder } from './image-decoder.ts'
import { ModelSlot } from './model-slot.ts'
import type { ModelSource } from './model-source.ts'
import type { BatchReport } from './serve-ring.ts'
import type { CheckedModel } from './served-model.ts'
import { WorkerPool } from './worker-pool.ts'

/** What happens inside, for whoever counts. */
export interface ServingEvents {
  /** `waits`: how long each picture of the batch waited for the model, in ms. */
  onBatch(report: BatchReport, waits: readonly number[]): void
  onReload(result: 'loaded' | 'refused', milliseconds: number): void
  onCrash(): void
  /** So many answers left without the listener having taken note of them. */
  onLoss(count: number): void
}

export interface ServiceOptions {
  readonly config: ServingConfig
  readonly source: ModelSource
  readonly onPrediction?: OnPrediction | undefined
  readonly events: ServingEvents
  /** The compiled files of the threads. */
  readonly threads: { readonly model: URL; readonly decode: URL }
  readonly clock: Clock
  readonly logger: Logger
}

/** A model that answers, kept up to date, and all that it needs; knows nothing of HTTP. */
export interface PredictionService {
  readonly config: ServingConfig
  readonly slot: ModelSlot<PredictionPool>
  readonly classifier: Classifier
  /** Loads the model if it can be had. */
  start(): Promise<void>
  /** Finishes what was begun, within the limit. */
  close(limitMs: number): Promise<void>
}

/** Longest time for opening and trying a model. */
const START_MS = 60_000

export function createPredictionService(options: ServiceOptions): PredictionService {
  const { config, source, events, clock, logger } = options
  const decoder: ImageDecoder = new ThreadDecoder({
    file: options.threads.decode,
    maxBytes: config.max_file_bytes,
    maxPixels: config.max_pixels,
    timeoutMs: config.request_timeout_ms,
  })
  const slot = new ModelSlot<PredictionPool>({
    source,
    openPool: (model) => openPool(model, options),
    lookSeconds: config.alias_seconds,
    onReload: events.onReload,
    clock,
    logger,
  })
  const classifier = new Classifier({ slot, decoder, clock, deadlineMs: config.deadline_ms })
  return {
    config,
    slot,
    classifier,
    start: () => slot.start(),
    close: async (limitMs) => {
      await slot.close(limitMs)
      await decoder.close()
    },
  }
}

/** The server itself keeps a core busy; a thread that competes with it makes smaller batches and longer waits. */
function defaultThreads(): number {
  return Math.max(1, availableParallelism() - 1)
}

function openPool(model: CheckedModel, options: ServiceOptions): PredictionPool {
  const { config, clock, logger, events, onPrediction } = options
  const { channels, height, width } = model.manifest.preprocessing.geometry
  const delivery = { clock, logger, onPrediction, onLoss: events.onLoss }
  return new WorkerPool({
    file: options.threads.model,
    model: {
      model: model.bytes,
      image: [channels, height, width],
      classes: model.manifest.classes.length,
      names: BUNDLE_IO,
    },
    threads: config.workers ?? defaultThreads(),
    maxBatch: config.max_batch,
    queueBatches: config.queue_batches,
    isMeasured: onPrediction !== undefined,
    startMs: START_MS,
    hangMs: 2 * config.deadline_ms,
    clock,
    onBatch: (finished, report) => {
      const begun = clock.monotonic() - report.milliseconds
      events.onBatch(
        report,
        finished.map(({ task }) => begun - task.queued),
      )
      void deliver(finished, delivery)
    },
    onCrash: (reason) => {
      events.onCrash()
      logger.warn(`a thread that runs the model ended: ${reason}`)
    },
  })
}
