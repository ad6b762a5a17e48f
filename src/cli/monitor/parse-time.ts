import { AtelierError } from '../../core/index.ts'

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `2026-11-25`, `2026-11-25T08:00`, or as long ago as `30m`, `24h`, `7d`: milliseconds since 1970. Throws USAGE. */
export function parseTime(option: string, text: string, now: number): number {
  const ago = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text)
  if (ago !== null) return now - Number(ago[1]) * UNITS[ago[2]!]!
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return time
  throw new AtelierError('USAGE', `--${option} is '${text}', wanted a time.`, {
    hint: 'Give 2026-11-25, 2026-11-25T08:00Z, or as long ago as 30m, 24h, 7d.',
  })
}
