import type { DeliveryState } from './attempt.ts'

/** Where deliveries wait: written down before they are sent, so that nothing that ends a process loses one. */
export interface Outbox<D extends { readonly state: DeliveryState }> {
  receiverOf(delivery: D): string
  /** Takes it, for a time, so that two processes do not send it at once. False: another has it. */
  hold(delivery: D): Promise<boolean>
  /** Gives it as it stands then. */
  send(delivery: D): Promise<D>
  /** Writes down what came of it and lets go of it. */
  settle(delivery: D): Promise<void>
}

/** More than the pauses between attempts can take. */
const SPARE_MS = 30_000

/** No pause between two attempts is as long, and nobody takes as long to send something. */
const FARTHEST_MS = 2 * 3_600_000

/**
 * The latest time, ms, that a delivery can be due, or held by who sends it. A later one was written
 * before the clock stepped back. `ms` is how long we would hold it; another may have more patience.
 */
export function farthestTime(now: number, ms = 0): number {
  return now + Math.max(ms, FARTHEST_MS)
}

/** How long a delivery is held by who sends it. */
export function holdMs(options: { readonly attempts: number; readonly timeoutMs: number }): number {
  return options.attempts * options.timeoutMs + SPARE_MS
}

/**
 * Sends what waits, given in order; gives what was tried. Receivers are served side by side, each in
 * order: one that is away keeps no other waiting.
 */
export async function deliverQueues<D extends { readonly state: DeliveryState }>(
  waiting: readonly D[],
  outbox: Outbox<D>,
): Promise<D[]> {
  const queues = new Map<string, D[]>()
  for (const delivery of waiting) {
    const receiver = outbox.receiverOf(delivery)
    queues.set(receiver, [...(queues.get(receiver) ?? []), delivery])
  }
  const tried = await Promise.all([...queues.values()].map((queue) => serve(queue, outbox)))
  return tried.flat()
}

/** Stops at the first that stays pending: what comes after it would be out of order. */
async function serve<D extends { readonly state: DeliveryState }>(
  queue: readonly D[],
  outbox: Outbox<D>,
): Promise<D[]> {
  const tried: D[] = []
  for (const delivery of queue) {
    if (!(await outbox.hold(delivery))) break
    const settled = await outbox.send(delivery).catch(async (error: unknown) => {
      await outbox.settle(delivery)
      throw error
    })
    await outbox.settle(settled)
    tried.push(settled)
    if (settled.state === 'pending') break
  }
  return tried
}
