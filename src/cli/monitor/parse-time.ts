import { AtelierError } from '../../core/index.ts'
import { spanMs } from '../../monitoring/index.ts'

/** `2026-11-25`, `2026-11-25T08:00`, or as long ago as `30m`, `24h`, `7d`: milliseconds since 1970. Throws USAGE. */
export function parseTime(option: string, text: string, now: number): number {
  const ago = spanMs(text)
  if (ago !== undefined) return now - ago
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return time
  throw new AtelierError('USAGE', `--${option} is '${text}', wanted a time.`, {
    hint: 'Give 2026-11-25, 2026-11-25T08:00Z, or as long ago as 30m, 24h, 7d.',
  })
}
