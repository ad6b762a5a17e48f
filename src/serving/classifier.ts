import type { PredictionRecord } from '../contracts/index.ts'
import { AtelierError, type Clock, type Logger, timeOrderedId } from '../core/index.ts'
import { pixelFeatureNames } from '../image/index.ts'
import type { DecodedImage, ImageDecoder, PictureRequest } from './image-decoder.ts'
import type { ModelSlot, Served } from './model-slot.ts'
import type { FinishedTask, PredictionTask } from './model-thread.ts'
import type { CheckedModel } from './served-model.ts'
import { overloaded, type WorkerPool } from './worker-pool.ts'

/** What the model says about one picture. */
export interface Classification {
  readonly id: string
  readonly model: CheckedModel
  /** Index of the most likely class. */
  readonly best: number
  /** [classes] */
  readonly probabilities: Float32Array
  /** [classes] */
  readonly logits: Float32Array
  /** uint8 [C, H, W]: what the model saw. */
  readonly pixels: Uint8Array
  /** From the arrival of the picture to the answer of the model. */
  readonly latencyMs: number
}

/** Told of every batch before its answers leave; it may hold them back until what it writes is safe. */
export type OnPrediction = (records: readonly PredictionRecord[]) => void | Promise<void>

export type PredictionPool = WorkerPool<PendingPrediction>

export interface ClassifierOptions {
  readonly slot: ModelSlot<PredictionPool>
  readonly decoder: ImageDecoder
  readonly clock: Clock
  readonly deadlineMs: number
}

/** A picture whose answer somebody waits for. */
export class PendingPrediction implements PredictionTask {
  readonly promise: Promise<Classification>
  readonly image: DecodedImage
  readonly model: CheckedModel
  readonly arrived: number
  readonly queued: number
  readonly deadline: number
  readonly isGone: (() => boolean) | undefined
  #resolve!: (answer: Classification) => void
  #reject!: (error: AtelierError) => void

  constructor(
    image: DecodedImage,
    model: CheckedModel,
    times: PredictionTimes,
    { isGone }: PictureRequest,
  ) {
    this.isGone = isGone
    this.image = image
    this.model = model
    this.arrived = times.arrived
    this.queued = times.queued
    this.deadline = times.deadline
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get pixels(): Uint8Array {
    return this.image.pixels
  }

  finish(answer: Classification): void {
    this.#resolve(answer)
  }

  fail(error: AtelierError): void {
    this.#reject(error)
  }
}

interface PredictionTimes {
  readonly arrived: number
  readonly queued: number
  readonly deadline: number
}

/** Pixels that need no decoding: uint8 [C, H, W], as the model's geometry has it. */
export type TensorImage = Pick<DecodedImage, 'pixels' | 'width' | 'height'>

/** One version of the model, kept until `release`: pictures that belong together go through the same. */
export interface HeldModel {
  readonly model: CheckedModel
  /**
   * Throws SERVICE_OVERLOADED, PREDICTION_TIMEOUT, WORKER_FAILED, and for the picture IMAGE_UNREADABLE
   * or IMAGE_TOO_LARGE under the name given.
   */
  classify(bytes: Uint8Array, request?: PictureRequest): Promise<Classification>
  classifyPixels(image: TensorImage, request?: PictureRequest): Promise<Classification>
  release(): void
}

/** From the bytes of a picture to what the model says about it. */
export class Classifier {
  readonly #options: ClassifierOptions

  constructor(options: ClassifierOptions) {
    this.#options = options
  }

  /** As `HeldModel.classify`, with the model that is served now. Throws MODEL_NOT_LOADED, too. */
  async classify(bytes: Uint8Array, request: PictureRequest = {}): Promise<Classification> {
    const served = this.#hold()
    try {
      return await this.#classify(served, bytes, request)
    } finally {
      this.#options.slot.release(served)
    }
  }

  /** Throws MODEL_NOT_LOADED or SERVICE_OVERLOADED. */
  hold(): HeldModel {
    const served = this.#hold()
    return {
      model: served.model,
      classify: (bytes, request = {}) => this.#classify(served, bytes, request),
      classifyPixels: (image, request = {}) => {
        const { pixels, width, height } = image
        const decoded = { pixels, width, height, format: 'tensor' }
        return this.#submit(served, decoded, this.#options.clock.monotonic(), request)
      },
      release: () => this.#options.slot.release(served),
    }
  }

  #hold(): Served<PredictionPool> {
    const { slot } = this.#options
    const served = slot.hold()
    if (served === undefined) throw notLoaded(slot)
    if (!served.pool.full) return served
    slot.release(served)
    throw overloaded()
  }

  async #classify(
    served: Served<PredictionPool>,
    bytes: Uint8Array,
    request: PictureRequest,
  ): Promise<Classification> {
    const { clock, decoder } = this.#options
    const arrived = clock.monotonic()
    const spec = served.model.manifest.preprocessing
    const image = decoder.decodeSync(bytes, spec) ?? (await decoder.decode(bytes, spec, request))
    return this.#submit(served, image, arrived, request)
  }

  #submit(
    { model, pool }: Served<PredictionPool>,
    image: DecodedImage,
    arrived: number,
    request: PictureRequest,
  ): Promise<Classification> {
    const { clock, deadlineMs } = this.#options
    const times = { arrived, queued: clock.monotonic(), deadline: arrived + deadlineMs }
    const task = new PendingPrediction(image, model, times, request)
    if (!pool.submit(task)) throw overloaded()
    return task.promise
  }
}

export interface DeliveryOptions {
  readonly clock: Clock
  readonly logger: Logger
  readonly onPrediction: OnPrediction | undefined
  /** A listener failed: so many predictions were answered without being told of. */
  readonly onLoss: (count: number) => void
}

/** Sends the answers of a batch off, after the listener has heard of them. */
export async function deliver(
  finished: readonly FinishedTask<PendingPrediction>[],
  { onPrediction, clock, logger, onLoss }: DeliveryOptions,
): Promise<void> {
  const now = clock.monotonic()
  const time = clock.now()
  const answers = finished.map((task) => classificationOf(task, now, time))
  if (onPrediction !== undefined && answers.length > 0) {
    try {
      await onPrediction(answers.map((answer, i) => recordOf(answer, finished[i]!, time)))
    } catch (error) {
      // the client is answered whatever becomes of the record
      onLoss(answers.length)
      logger.warn(`the record of ${answers.length} predictions was lost: ${String(error)}`)
    }
  }
  finished.forEach(({ task }, i) => {
    task.finish(answers[i]!)
  })
}

function classificationOf(
  { task, probabilities, logits }: FinishedTask<PendingPrediction>,
  now: number,
  time: number,
): Classification {
  let best = 0
  for (let k = 1; k < probabilities.length; k++) {
    if (probabilities[k]! > probabilities[best]!) best = k
  }
  const { model, pixels, arrived } = task
  const latencyMs = now - arrived
  return { id: timeOrderedId(time), model, best, probabilities, logits, pixels, latencyMs }
}

function recordOf(
  { id, model, best, probabilities, latencyMs }: Classification,
  { task, features }: FinishedTask<PendingPrediction>,
  time: number,
): PredictionRecord {
  const { width, height, format } = task.image
  return {
    id,
    time,
    model: model.identity,
    features: namedFeatures(features),
    image: { width, height, format },
    predicted_class: model.manifest.classes[best]!,
    confidence: probabilities[best]!,
    probabilities,
    latency_ms: latencyMs,
  }
}

function namedFeatures(values: Float64Array): Readonly<Record<string, number>> {
  const features: Record<string, number> = {}
  for (let i = 0; i < values.length; i++) features[pixelFeatureNames[i]!] = values[i]!
  return features
}

function notLoaded({ failure }: ModelSlot<PredictionPool>): AtelierError {
  const why = failure === undefined ? 'It is being loaded.' : failure.reason
  return new AtelierError('MODEL_NOT_LOADED', `There is no model to predict with. ${why}`)
}
