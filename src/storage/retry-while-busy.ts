import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy } from './sqlite-codes.ts'

const PATIENCE_MS = 30_000
const LONGEST_PAUSE_MS = 40

/** Repeats a call while another process holds the lock it needs; after half a minute its error stands. */
export async function retryWhileBusy<T>(call: () => T): Promise<T> {
  const started = performance.now()
  for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return call()
    } catch (error) {
      if (!isBusy(error) || performance.now() - started > PATIENCE_MS) throw error
    }
    // a different pause for each, else those that met once meet again
    await sleep(pause * (0.5 + Math.random()))
  }
}
