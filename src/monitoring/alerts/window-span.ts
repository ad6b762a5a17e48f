import type { PredictionQuery } from '../log/prediction-store.ts'

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of `30m`, `24h`, `7d`; undefined for anything else. */
export function spanMs(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text) ?? []
  return amount === undefined ? undefined : Number(amount) * UNITS[unit!]!
}

/** What `30m` or `500 rows` means now. */
export function windowOfSpan(span: string, now: number): Pick<PredictionQuery, 'from' | 'last'> {
  const ms = spanMs(span)
  return ms === undefined ? { last: Number.parseInt(span, 10) } : { from: now - ms }
}
