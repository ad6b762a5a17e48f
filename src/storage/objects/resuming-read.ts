import { checkBytes } from './check-bytes.ts'
import { networkFault } from './network-fault.ts'
import type { ObjectInfo, ReadOptions } from './object-store.ts'
import { createRetrier, type Patience, withRetries } from './retry.ts'
import { objectChanged, objectNotFound, TransientFault } from './storage-errors.ts'
import { startWatch, type Watch, watched } from './watch.ts'

/** The answer to a request for bytes. */
export interface OpenedBody {
  /** Where in the object the body begins: before what was wanted when the other side knows no ranges. */
  readonly start: number
  /** Where it must end; undefined when the other side does not say. */
  readonly end: number | undefined
  /** Of the whole object. */
  readonly size: number | undefined
  readonly etag: string | undefined
  readonly md5: string | undefined
  readonly crc32c?: string | undefined
  readonly body: AsyncIterable<Uint8Array>
}

/** Asks for [start, end). Throws TransientFault for what may pass, AtelierError for what will not. */
export type OpenBody = (
  start: number,
  end: number | undefined,
  etag: string | undefined,
  watch: Watch,
) => Promise<OpenedBody>

export interface ReadContext {
  readonly url: string
  readonly key: string
  readonly patience: Patience
  /** Of the object, for a range without bytes: none can be asked for. */
  readonly stat: () => Promise<ObjectInfo | undefined>
}

/** Less than this between two breaks is not progress, else a connection that drips would never be given up. */
const PROGRESS_BYTES = 64 * 1024

/** Reads on where a connection broke, and checks what a whole object must be. */
export async function readResuming(
  context: ReadContext,
  { start = 0, end, etag, signal }: ReadOptions,
  open: OpenBody,
): Promise<AsyncIterable<Uint8Array>> {
  const { url, patience } = context
  if (end !== undefined && end <= start) return nothing(context)
  const openAt = (from: number, wanted: string | undefined) =>
    withRetries(patience, url, signal, async () => {
      const watch = startWatch(signal, patience.policy.attemptMs)
      try {
        const opened = await watched(watch, open(from, end, wanted, watch))
        if (wanted !== undefined && opened.etag !== undefined && opened.etag !== wanted)
          throw objectChanged(url, context.key)
        watch.pause()
        return { ...opened, watch }
      } catch (error) {
        watch.stop()
        throw error
      }
    })
  const first = await openAt(start, etag)
  return resume(context, first, { start, end, signal }, (from) => openAt(from, etag ?? first.etag))
}

async function nothing({ url, key, stat }: ReadContext): Promise<AsyncIterable<Uint8Array>> {
  if ((await stat()) === undefined) throw objectNotFound(url, key)
  return (async function* () {})()
}

type Watched = OpenedBody & { readonly watch: Watch }

async function* resume(
  { url, key, patience }: ReadContext,
  first: Watched,
  {
    start,
    end,
    signal,
  }: { start: number; end: number | undefined; signal: AbortSignal | undefined },
  openAt: (from: number) => Promise<Watched>,
): AsyncGenerator<Uint8Array> {
  const retrier = createRetrier(patience, url, signal)
  const stop = Math.min(end ?? Number.POSITIVE_INFINITY, first.size ?? Number.POSITIVE_INFINITY)
  const whole = start === 0 && (end === undefined || stop === first.size)
  const { md5, crc32c } = first
  const check = checkBytes(`What ${url} sent for '${key}'`, whole ? { md5, crc32c } : {})
  let at = start
  let opened = first
  for (let lastBreak = start; ; ) {
    try {
      for await (const chunk of wantedChunks(opened, at, stop, patience.policy.idleMs)) {
        at += chunk.length
        check.update(chunk)
        yield chunk
      }
      const expected = Math.min(stop, opened.end ?? (first.size === undefined ? at : stop))
      if (at < expected) throw new TransientFault(`the answer ended at byte ${at} of ${expected}`)
      break
    } catch (error) {
      if (!(error instanceof TransientFault)) throw error
      if (at - lastBreak >= PROGRESS_BYTES) retrier.progressed()
      lastBreak = at
      await retrier.pause(error)
      opened = await openAt(at)
      if (opened.size !== first.size) {
        opened.watch.stop()
        throw objectChanged(url, key)
      }
    }
  }
  check.finish()
}

/** The chunks of an answer without what was not asked for; the watch counts only while one is waited for. */
async function* wantedChunks(
  { body, start, end = Number.POSITIVE_INFINITY, watch }: Watched,
  from: number,
  stop: number,
  idleMs: number,
): AsyncGenerator<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  try {
    // to the very end, where it is the one wanted: only a finished answer leaves its connection to the next
    for (let at = start; at < stop || end <= stop; ) {
      watch.extend(idleMs)
      const { done, value } = await watched(watch, iterator.next())
      watch.pause()
      if (done) return
      const chunk = value.subarray(Math.max(0, from - at), Math.max(0, stop - at))
      at += value.length
      if (chunk.length > 0) yield chunk
    }
  } catch (error) {
    throw networkFault(error, 'the store') ?? error
  } finally {
    // also when the reader wants no more: the connection must not stay open for a rest nobody reads
    watch.stop()
    await iterator.return?.(undefined).catch(() => {})
  }
}
