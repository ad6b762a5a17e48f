import { TransientFault } from './storage-errors.ts'

/** A signal that fires when the work's own signal does, or when nothing happened for too long. */
export interface Watch {
  readonly signal: AbortSignal
  /** Something happened: counts from now. */
  extend(ms: number): void
  /** Does not count while the other side is not what is waited for. */
  pause(): void
  /** Ends the watch and what still runs under its signal. */
  stop(): void
}

export function startWatch(outer: AbortSignal | undefined, ms: number): Watch {
  const controller = new AbortController()
  const onOuter = () => controller.abort(outer?.reason)
  const onTime = (waited: number) =>
    controller.abort(
      new TransientFault(`nothing came for ${waited / 1000} s`, { code: 'STORAGE_TIMEOUT' }),
    )
  let timer = setTimeout(onTime, ms, ms)
  if (outer?.aborted) onOuter()
  outer?.addEventListener('abort', onOuter, { once: true })
  return {
    signal: controller.signal,
    extend(longer) {
      clearTimeout(timer)
      timer = setTimeout(onTime, longer, longer)
    },
    pause: () => clearTimeout(timer),
    stop() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', onOuter)
      controller.abort()
    },
  }
}

/** The work's result, or why the watch ended it: some libraries do not listen to signals, others throw errors of their own. */
export async function watched<T>({ signal }: Watch, work: Promise<T>): Promise<T> {
  let onAbort = () => {}
  const aborted = new Promise<never>((_done, fail) => {
    onAbort = () => fail(signal.reason)
    signal.addEventListener('abort', onAbort)
  })
  try {
    if (signal.aborted) onAbort()
    return await Promise.race([work, aborted])
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
