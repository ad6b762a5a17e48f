import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../core/index.ts'
import type { Attempt } from './attempt.ts'

export interface TryOptions {
  /** Most tries, now. */
  readonly attempts: number
  /** For the jitter. */
  readonly random: Pick<Random, 'uniform'>
  readonly signal?: AbortSignal | undefined
}

/** Half a second, one, two … and up to as much again, so that many senders do not come back together. */
const FIRST_PAUSE_MS = 500

/** Tries until it is delivered or refused for good; gives the last attempt, and how many they were. */
export async function tryRepeatedly(
  send: () => Promise<Attempt>,
  { attempts: most, random, signal }: TryOptions,
): Promise<Attempt & { readonly attempts: number }> {
  for (let attempts = 1; ; attempts++) {
    const { state, outcome } = await send()
    if (state !== 'pending' || attempts >= most) return { state, outcome, attempts }
    const pause = FIRST_PAUSE_MS * 2 ** (attempts - 1) * (1 + random.uniform())
    await sleep(pause, undefined, { signal })
  }
}
