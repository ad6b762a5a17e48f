/** Where an upload stands. Times are milliseconds of the queue's clock. */
export type Progress<A> =
  | { readonly kind: 'queued' }
  | { readonly kind: 'sending'; readonly since: number }
  /** Is sent again by itself at `until`. */
  | { readonly kind: 'waiting'; readonly until: number; readonly error: unknown }
  /** Is sent again when what held it up is over: see `release`. */
  | { readonly kind: 'held'; readonly reason: HoldReason; readonly since: number }
  | { readonly kind: 'done'; readonly answer: A }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'cancelled' }

export type HoldReason = 'offline' | 'token'

export interface Upload<T, A> {
  readonly id: number
  readonly item: T
  readonly progress: Progress<A>
  /** What it went through since it was added or sent again by hand. */
  readonly past: UploadPast
}

export interface UploadPast {
  readonly waited: boolean
  readonly held: HoldReason | undefined
}

/** What is to become of an upload that failed. */
export type Verdict =
  | { readonly kind: 'fail' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'hold'; readonly reason: HoldReason }

export interface UploadQueueOptions<T, A> {
  readonly send: (item: T, signal: AbortSignal) => Promise<A>
  readonly judge: (error: unknown, past: UploadPast) => Verdict
  /** Most uploads on their way at once. */
  readonly atOnce: number
  readonly now: () => number
}

const NOTHING: UploadPast = { waited: false, held: undefined }

/**
 * Sends uploads, the oldest first, a few at once. Owns their requests: cancelling one aborts its
 * own. When the server asks to wait, nothing more is sent until then.
 */
export class UploadQueue<T, A> {
  readonly #options: UploadQueueOptions<T, A>
  readonly #requests = new Map<number, AbortController>()
  readonly #listeners = new Set<() => void>()
  #uploads: readonly Upload<T, A>[] = []
  #lastId = 0
  #pausedUntil = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: UploadQueueOptions<T, A>) {
    this.#options = options
  }

  /** The newest first; those added together in their order. */
  readonly uploads = (): readonly Upload<T, A>[] => this.#uploads

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  add(items: readonly T[]): void {
    const added = items.map((item): Upload<T, A> => {
      this.#lastId += 1
      return { id: this.#lastId, item, progress: { kind: 'queued' }, past: NOTHING }
    })
    this.#change([...added, ...this.#uploads])
    this.#sendNext()
  }

  /** Sends one again that was answered, failed or cancelled. */
  again(id: number): void {
    this.#abort(id)
    this.#update(id, { kind: 'queued' }, NOTHING)
    this.#sendNext()
  }

  cancel(id: number): void {
    this.#abort(id)
    this.#update(id, { kind: 'cancelled' })
    this.#sendNext()
  }

  remove(id: number): void {
    this.#abort(id)
    this.#change(this.#uploads.filter((upload) => upload.id !== id))
    this.#sendNext()
  }

  clear(): void {
    for (const id of [...this.#requests.keys()]) this.#abort(id)
    clearTimeout(this.#timer)
    this.#pausedUntil = 0
    this.#change([])
  }

  /** What held uploads up is over. */
  release(reason: HoldReason): void {
    for (const { id, progress } of this.#uploads) {
      if (progress.kind === 'held' && progress.reason === reason)
        this.#update(id, { kind: 'queued' })
    }
    this.#sendNext()
  }

  #sendNext(): void {
    if (this.#options.now() < this.#pausedUntil) return
    const queued = this.#uploads.filter(({ progress }) => progress.kind === 'queued')
    const next = queued.sort((a, b) => a.id - b.id)
    for (const upload of next.slice(0, this.#options.atOnce - this.#requests.size)) {
      void this.#send(upload)
    }
  }

  async #send({ id, item }: Upload<T, A>): Promise<void> {
    const request = new AbortController()
    this.#requests.set(id, request)
    this.#update(id, { kind: 'sending', since: this.#options.now() })
    const end = await this.#options.send(item, request.signal).then(
      (answer) => () => this.#update(id, { kind: 'done', answer }),
      (error: unknown) => () => this.#fail(id, error),
    )
    // one that was cancelled or is sent again has told its new state already
    if (this.#requests.get(id) !== request) return
    this.#requests.delete(id)
    end()
    this.#sendNext()
  }

  #fail(id: number, error: unknown): void {
    const past = this.#uploads.find((upload) => upload.id === id)?.past ?? NOTHING
    const verdict = this.#options.judge(error, past)
    const now = this.#options.now()
    if (verdict.kind === 'fail') this.#update(id, { kind: 'failed', error })
    else if (verdict.kind === 'hold') {
      const { reason } = verdict
      this.#update(id, { kind: 'held', reason, since: now }, { ...past, held: reason })
    } else {
      const until = now + verdict.ms
      this.#update(id, { kind: 'waiting', until, error }, { ...past, waited: true })
      this.#pause(until)
    }
  }

  #pause(until: number): void {
    if (until <= this.#pausedUntil) return
    this.#pausedUntil = until
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#pausedUntil = 0
      for (const { id, progress } of this.#uploads) {
        if (progress.kind === 'waiting') this.#update(id, { kind: 'queued' })
      }
      this.#sendNext()
    }, until - this.#options.now())
  }

  #abort(id: number): void {
    const request = this.#requests.get(id)
    this.#requests.delete(id)
    request?.abort()
  }

  #update(id: number, progress: Progress<A>, past?: UploadPast): void {
    this.#change(
      this.#uploads.map((upload) =>
        upload.id === id ? { ...upload, progress, past: past ?? upload.past } : upload,
      ),
    )
  }

  #change(uploads: readonly Upload<T, A>[]): void {
    this.#uploads = uploads
    for (const listener of this.#listeners) listener()
  }
}
