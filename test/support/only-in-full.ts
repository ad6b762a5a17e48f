/** Tests that take long: `npm test` shows them as left out, and why; ATELIER_TEST=full runs them. */
import { it } from 'vitest'

export const FULL = process.env['ATELIER_TEST'] === 'full'

const NOT_NOW = ' (left out: ATELIER_TEST=full runs it)'

/** Why tests that want something are left out, for the end of their title; empty where they run. */
export function leftOut(has: () => boolean = () => true, what = ''): string {
  if (!FULL) return NOT_NOW
  return has() ? '' : ` (left out: no ${what})`
}

/** As `it`, but only with ATELIER_TEST=full. */
export function itInFull(name: string, test: () => Promise<void>, timeoutMs: number): void {
  it.skipIf(!FULL)(`${name}${leftOut()}`, test, timeoutMs)
}
