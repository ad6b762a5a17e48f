import type { ObjectStore } from './object-store.ts'
import { wrongChecksum } from './storage-errors.ts'

export interface RangePlan {
  readonly start: number
  /** Of the object; unknown when absent. */
  readonly size: number | undefined
  readonly etag: string | undefined
  readonly signal: AbortSignal | undefined
}

const RANGE_BYTES = 8 << 20
/** Below this, one connection is done before several have found their speed. */
const LARGE_BYTES = 32 << 20

/** The rest of an object from `start`, in order; of a large one several ranges at once, held in memory. */
export async function* readRanges(
  store: ObjectStore,
  key: string,
  { start, size, etag, signal }: RangePlan,
): AsyncGenerator<Uint8Array> {
  const atOnce = store.parallelReads ?? 1
  if (size === undefined || size - start < LARGE_BYTES || atOnce === 1) {
    yield* await store.read(key, { start, etag, signal })
    return
  }
  const stop = new AbortController()
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const running: Promise<Uint8Array>[] = []
  try {
    for (let next = start; next < size || running.length > 0; ) {
      while (next < size && running.length < atOnce) {
        const range = { start: next, end: Math.min(next + RANGE_BYTES, size) }
        const bytes = collect(store, key, range, etag, either)
        // the one before may fail first; this failure is then nobody's
        bytes.catch(() => {})
        running.push(bytes)
        next = range.end
      }
      yield await running.shift()!
    }
  } finally {
    stop.abort()
  }
}

async function collect(
  store: ObjectStore,
  key: string,
  range: { readonly start: number; readonly end: number },
  etag: string | undefined,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(range.end - range.start)
  let done = 0
  for await (const chunk of await store.read(key, { ...range, etag, signal })) {
    if (done + chunk.length <= bytes.length) bytes.set(chunk, done)
    done += chunk.length
  }
  if (done === bytes.length) return bytes
  const what = `A range of '${key}' in ${store.url}`
  throw wrongChecksum(what, 'size', String(done), String(bytes.length))
}
