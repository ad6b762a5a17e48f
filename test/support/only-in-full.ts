/** Tests that take long: `npm test` shows them as left out, and why; ATELIER_TEST=full runs them. */
import { it } from 'vitest'

export const FULL = process.env['ATELIER_TEST'] === 'full'

/** As `it`, but only with ATELIER_TEST=full. */
export function itInFull(name: string, test: () => Promise<void>, timeoutMs: number): void {
  it.skipIf(!FULL)(FULL ? name : `${name} (left out: ATELIER_TEST=full runs it)`, test, timeoutMs)
}
