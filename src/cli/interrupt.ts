import { exitCodes } from './exit-codes.ts'

/** `disconnect`: the process that started this one with a channel has closed it, or is gone. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'disconnect'] as const

/** The part of `process` that is needed; tests pass an emitter. */
export interface SignalSource {
  on(signal: string, listener: () => void): unknown
  off(signal: string, listener: () => void): unknown
}

interface InterruptOptions {
  readonly source: SignalSource
  /** Called once, at the first signal. */
  readonly onFirst: () => void
  /** Ends the process, at the second signal. */
  readonly exit: (code: number) => void
}

/** An AbortSignal that fires on the first SIGINT, SIGTERM or loss of the parent; the second ends the process. */
export function watchInterrupts(options: InterruptOptions): {
  readonly signal: AbortSignal
  dispose(): void
} {
  const controller = new AbortController()
  const listener = () => {
    if (controller.signal.aborted) {
      options.exit(exitCodes.interrupted)
      return
    }
    controller.abort()
    options.onFirst()
  }
  for (const name of SIGNALS) options.source.on(name, listener)
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of SIGNALS) options.source.off(name, listener)
    },
  }
}
