const FIELDS: Readonly<Record<string, (time: Date) => string>> = {
  Y: (time) => String(time.getFullYear()),
  y: (time) => pad(time.getFullYear() % 100),
  m: (time) => pad(time.getMonth() + 1),
  d: (time) => pad(time.getDate()),
  H: (time) => pad(time.getHours()),
  M: (time) => pad(time.getMinutes()),
  S: (time) => pad(time.getSeconds()),
  f: (time) => `${pad(time.getMilliseconds(), 3)}000`,
  j: (time) => pad(dayOfYear(time), 3),
  '%': () => '%',
}

/** Local time by a pattern of Python's `strftime`: `%Y-%m-%d/%H-%M-%S`. Other fields stay as written. */
export function formatTime(time: Date, pattern: string): string {
  return pattern.replace(/%([\s\S])/g, (all, field: string) => FIELDS[field]?.(time) ?? all)
}

const pad = (value: number, length = 2) => String(value).padStart(length, '0')

function dayOfYear(time: Date): number {
  const start = Date.UTC(time.getFullYear(), 0, 1)
  const today = Date.UTC(time.getFullYear(), time.getMonth(), time.getDate())
  return 1 + Math.round((today - start) / 86_400_000)
}
