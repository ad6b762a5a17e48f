const WINDOW_MS = 5_000
const SAMPLE_MS = 250
const ENOUGH_MS = 500

export interface RateMeter {
  /** `now` in milliseconds, `done` in units. */
  add(now: number, done: number): void
  /** Units per second over the last seconds; undefined until half a second was seen. */
  rate(): number | undefined
}

/** A moving rate, so that a resumed or uneven task does not show the average since its start. */
export function createRateMeter(): RateMeter {
  const samples: { now: number; done: number }[] = []
  let latest: { now: number; done: number } | undefined
  return {
    add: (now, done) => {
      latest = { now, done }
      const last = samples.at(-1)
      if (last === undefined || now - last.now >= SAMPLE_MS) samples.push(latest)
      while (samples.length > 2 && now - samples[1]!.now > WINDOW_MS) samples.shift()
    },
    rate: () => {
      const first = samples[0]
      if (first === undefined || latest === undefined) return undefined
      const elapsed = latest.now - first.now
      return elapsed < ENOUGH_MS ? undefined : ((latest.done - first.done) / elapsed) * 1000
    },
  }
}
