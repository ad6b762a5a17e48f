import { Worker } from 'node:worker_threads'
import type { Preprocessing } from '../contracts/index.ts'
import { AtelierError, type PlainError, unpackError } from '../core/index.ts'
import { decodePngSync, preprocessRaster } from '../image/index.ts'
import { clientGone, overloaded } from './worker-pool.ts'

/** A picture as the model takes it. */
export interface DecodedImage {
  /** uint8 [C, H, W] */
  readonly pixels: Uint8Array
  /** Of the picture as it came. */
  readonly width: number
  readonly height: number
  readonly format: string
}

export type PixelSpec = Pick<Preprocessing, 'geometry' | 'color'>

export interface ImageDecoder {
  /** At once, for what takes microseconds; undefined for all else. */
  decodeSync(bytes: Uint8Array, spec: PixelSpec): DecodedImage | undefined
  /** In a thread. Throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE, SERVICE_OVERLOADED, PREDICTION_TIMEOUT. */
  decode(bytes: Uint8Array, spec: PixelSpec, request: PictureRequest): Promise<DecodedImage>
  close(): Promise<void>
}

export interface PictureRequest {
  /** What errors call the picture. */
  readonly name?: string
  /** Whether nobody waits for the answer any more. */
  readonly isGone?: () => boolean
}

export interface DecodeLimits {
  readonly maxBytes: number
  readonly maxPixels: number
}

/** A picture on its way to the decoding thread. */
export interface DecodeJob extends DecodeLimits {
  readonly id: number
  readonly bytes: Uint8Array
  readonly spec: PixelSpec
  readonly name: string | undefined
}

export type DecodeAnswer = { readonly id: number } & (
  | {
      readonly pixels: Uint8Array
      readonly width: number
      readonly height: number
      readonly format: string
    }
  | { readonly error: PlainError }
)

export interface DecoderOptions extends DecodeLimits {
  /** The compiled `main/decode-thread.js`. */
  readonly file: URL
  readonly timeoutMs: number
}

/** Some tenths of a millisecond of work. */
const MOST_PIXELS_AT_ONCE = 2 ** 15
/** A large picture takes its pixels several times over while it is worked on. */
const AT_ONCE = 2
const MOST_WAITING = 64

interface Waiting {
  readonly job: DecodeJob
  readonly isGone: (() => boolean) | undefined
  readonly done: (answer: DecodeAnswer) => void
  readonly failed: (error: AtelierError) => void
  timer?: NodeJS.Timeout
}

/** Decodes in a thread that is started by the first picture that needs it. */
export class ThreadDecoder implements ImageDecoder {
  readonly #options: DecoderOptions
  readonly #waiting: Waiting[] = []
  readonly #running = new Map<number, Waiting>()
  #worker: Worker | undefined
  #next = 0

  constructor(options: DecoderOptions) {
    this.#options = options
  }

  decodeSync(bytes: Uint8Array, spec: PixelSpec): DecodedImage | undefined {
    if (pngPixels(bytes) > MOST_PIXELS_AT_ONCE) return undefined
    const raster = decodePngSync(bytes, this.#options)
    if (raster === undefined) return undefined
    const { width, height } = raster
    return { pixels: preprocessRaster(raster, spec), width, height, format: 'png' }
  }

  async decode(
    bytes: Uint8Array,
    spec: PixelSpec,
    { name, isGone }: PictureRequest,
  ): Promise<DecodedImage> {
    if (this.#waiting.length >= MOST_WAITING) throw overloaded()
    const { maxBytes, maxPixels, timeoutMs } = this.#options
    const { geometry, color } = spec
    const job = {
      id: this.#next++,
      bytes,
      spec: { geometry, color },
      name,
      maxBytes,
      maxPixels,
    }
    const answer = await new Promise<DecodeAnswer>((done, failed) => {
      const waiting: Waiting = { job, isGone, done, failed }
      waiting.timer = setTimeout(() => this.#expire(waiting), timeoutMs)
      this.#waiting.push(waiting)
      this.#send()
    })
    if ('error' in answer) throw unpackError(answer.error)
    const { pixels, width, height, format } = answer
    return { pixels, width, height, format }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #send(): void {
    while (this.#running.size < AT_ONCE && this.#waiting.length > 0) {
      const next = this.#waiting.shift()!
      if (next.isGone?.()) {
        clearTimeout(next.timer)
        next.failed(clientGone())
        continue
      }
      this.#running.set(next.job.id, next)
      this.#worker ??= this.#startWorker()
      this.#worker.postMessage(next.job)
    }
  }

  #startWorker(): Worker {
    const worker = new Worker(this.#options.file)
    worker.unref()
    worker.on('message', (answer: DecodeAnswer) => {
      const waiting = this.#running.get(answer.id)
      this.#settle(waiting)
      waiting?.done(answer)
      this.#send()
    })
    worker.on('error', () => {})
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      for (const waiting of [...this.#running.values()]) {
        this.#settle(waiting)
        waiting.failed(
          new AtelierError('WORKER_FAILED', 'The thread that decoded this picture ended.'),
        )
      }
      this.#send()
    })
    return worker
  }

  /** A picture that takes too long is given up, and so is the thread if it is at it. */
  #expire(waiting: Waiting): void {
    const isRunning = this.#running.has(waiting.job.id)
    this.#forget(waiting)
    waiting.failed(
      new AtelierError('PREDICTION_TIMEOUT', 'The picture could not be decoded in time.', {
        hint: 'Send a smaller picture, or send it again after a moment.',
      }),
    )
    if (isRunning) void this.#worker?.terminate()
  }

  #forget(waiting: Waiting): void {
    const at = this.#waiting.indexOf(waiting)
    if (at >= 0) this.#waiting.splice(at, 1)
    this.#settle(waiting)
  }

  #settle(waiting: Waiting | undefined): void {
    if (waiting === undefined) return
    clearTimeout(waiting.timer)
    this.#running.delete(waiting.job.id)
  }
}

/** Width times height as the header of a PNG says, before anything is checked. */
function pngPixels(bytes: Uint8Array): number {
  const [a, b, c, d, e, f, g, h] = bytes.subarray(16, 24)
  return ((a! << 24) | (b! << 16) | (c! << 8) | d!) * ((e! << 24) | (f! << 16) | (g! << 8) | h!)
}
