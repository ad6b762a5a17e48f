import { type AtelierError, type Clock, type Logger, toAtelierError } from '../core/index.ts'
import type { ModelSource } from './model-source.ts'
import { type CheckedModel, checkModel } from './served-model.ts'

/** A model that takes traffic. */
export interface Served<P> {
  readonly model: CheckedModel
  readonly pool: P
}

/** What a slot needs of a pool of threads. */
export interface SlotPool {
  /** Throws MODEL_INVALID when the model does not stand its trial. */
  start(): Promise<{ readonly filled: Promise<void> }>
  /** Ends it when what it has begun is done. */
  close(limitMs: number): Promise<void>
}

export interface SlotEvents {
  /** A model was taken on, or refused. */
  onReload(result: 'loaded' | 'refused', milliseconds: number): void
}

export interface SlotOptions<P extends SlotPool> extends SlotEvents {
  readonly source: ModelSource
  readonly openPool: (model: CheckedModel) => P
  /** Seconds between looks whether the source has another model. */
  readonly lookSeconds: number
  readonly clock: Clock
  readonly logger: Logger
}

export interface SlotFailure {
  readonly error: AtelierError
  /** What anybody may be told. */
  readonly reason: string
  readonly revision: string | undefined
}

/** Longest wait for what an old model still has to do. */
const RETIRE_MS = 60_000

/**
 * The model that is served, and its replacement: the next one is loaded, checked and tried beside the
 * old one, and takes over when it is ready. One that fails leaves the old one serving. However often
 * the source changes meanwhile, only what it holds then is loaded next.
 */
export class ModelSlot<P extends SlotPool> {
  readonly #options: SlotOptions<P>
  readonly #stopped = new AbortController()
  readonly #holders = new Map<Served<P>, number>()
  readonly #retiring = new Set<Promise<void>>()
  #current: Served<P> | undefined
  #failure: SlotFailure | undefined
  #look: Promise<void> | undefined
  #lookAgain = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: SlotOptions<P>) {
    this.#options = options
  }

  get uri(): string {
    return this.#options.source.uri
  }

  get current(): Served<P> | undefined {
    return this.#current
  }

  /** Why the newest model of the source is not served; undefined when it is. */
  get failure(): SlotFailure | undefined {
    return this.#failure
  }

  /** Loads the model, if it can be had, and looks after the source from then on. Never throws. */
  async start(): Promise<void> {
    await this.reload()
    const { lookSeconds } = this.#options
    this.#timer = setInterval(() => void this.reload(), lookSeconds * 1000).unref()
  }

  /** Looks now. Looks that are asked for while one is going on become one. */
  async reload(): Promise<void> {
    if (this.#look !== undefined) {
      this.#lookAgain = true
      return this.#look
    }
    this.#look = this.#lookUntilStill()
    try {
      await this.#look
    } finally {
      this.#look = undefined
    }
  }

  /** Keeps a model from being closed until `release`. */
  hold(): Served<P> | undefined {
    const served = this.#current
    if (served !== undefined) this.#holders.set(served, (this.#holders.get(served) ?? 0) + 1)
    return served
  }

  release(served: Served<P>): void {
    const left = (this.#holders.get(served) ?? 0) - 1
    if (left > 0) this.#holders.set(served, left)
    else this.#holders.delete(served)
    if (left <= 0 && served !== this.#current) this.#retire(served)
  }

  /** Stops looking, lets what was begun be done, and frees every model. */
  async close(limitMs: number): Promise<void> {
    this.#stopped.abort()
    clearInterval(this.#timer)
    await this.#look
    const last = this.#current
    this.#current = undefined
    if (last !== undefined) await last.pool.close(limitMs)
    await Promise.all(this.#retiring)
  }

  async #lookUntilStill(): Promise<void> {
    do {
      this.#lookAgain = false
      await this.#lookOnce()
    } while (this.#lookAgain && !this.#stopped.signal.aborted)
  }

  async #lookOnce(): Promise<void> {
    const { source, clock, onReload } = this.#options
    const started = clock.monotonic()
    let revision: string | undefined
    try {
      revision = await source.revision()
      if (this.#current !== undefined && revision === this.#current.model.revision) {
        this.#failure = undefined
        return
      }
      // bytes that were refused once are not tried again
      if (this.#failure?.error.kind === 'input' && isSame(this.#failure.revision, revision)) return
      await this.#take(await checkModel(await source.read(this.#stopped.signal)))
      onReload('loaded', clock.monotonic() - started)
    } catch (thrown) {
      if (this.#stopped.signal.aborted) return
      this.#refuse(toAtelierError(thrown), revision)
      onReload('refused', clock.monotonic() - started)
    }
  }

  async #take(model: CheckedModel): Promise<void> {
    const { openPool, logger } = this.#options
    const pool = openPool(model)
    const old = this.#current
    try {
      const { filled } = await pool.start()
      // an old model goes on until the new one has all its threads
      if (old !== undefined) await filled
      this.#stopped.signal.throwIfAborted()
    } catch (error) {
      await pool.close(0)
      throw error
    }
    this.#current = { model, pool }
    this.#failure = undefined
    const { name, version, sha256 } = model.identity
    const label = version === null ? name : `${name} version ${version}`
    logger.info(`serving ${label} (${sha256.slice(0, 12)})`)
    if (old !== undefined && !this.#holders.has(old)) this.#retire(old)
  }

  #refuse(error: AtelierError, revision: string | undefined): void {
    const known = this.#failure
    const isOurs = error.kind === 'internal'
    const reason = isOurs ? 'The model cannot be loaded; the log says why.' : error.message
    this.#failure = { error, reason, revision }
    if (known?.error.message === error.message) return
    const goesOn = this.#current === undefined ? 'there is no model to serve' : 'the old one serves'
    this.#options.logger.warn(`${error.message} So ${goesOn}.`)
  }

  #retire(served: Served<P>): void {
    const closed = served.pool.close(RETIRE_MS).finally(() => this.#retiring.delete(closed))
    this.#retiring.add(closed)
  }
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a === b
}
