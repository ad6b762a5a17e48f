import type { Hyperband, SweepFile } from '../definition/sweep-file.ts'
import type { Trial } from './trial.ts'

/** Open-ended bands: more than anyone logs. */
const MANY = 100

/** Counts of logged values at which trials are judged, ascending. */
export function hyperbandBands({ minIter, maxIter, s, eta }: Hyperband): number[] {
  if (maxIter !== undefined) {
    const bands: number[] = []
    let band = maxIter / eta
    for (let i = 0; i < s! && band >= 1; i++, band /= eta) bands.push(Math.trunc(band))
    return bands.reverse()
  }
  let band = minIter!
  return Array.from({ length: MANY }, () => {
    const truncated = Math.trunc(band)
    band *= eta
    return truncated
  })
}

/**
 * Which of the trials that run are not among the best 1/eta of all that came as far, by their place in
 * `trials`. None where the sweep does not stop early.
 */
export function trialsToStop(
  { earlyTerminate, metric }: Pick<SweepFile, 'earlyTerminate' | 'metric'>,
  trials: readonly Trial[],
): number[] {
  if (earlyTerminate === undefined || metric === undefined) return []
  const sign = metric.goal === 'maximize' ? -1 : 1
  const histories = trials.map(({ history }) =>
    history.filter(Number.isFinite).map((value) => sign * value),
  )
  const bands = hyperbandBands(earlyTerminate)
  return trials.flatMap(({ state }, index) =>
    state === 'running' && isBehind(histories[index]!, histories, bands, earlyTerminate)
      ? [index]
      : [],
  )
}

function isBehind(
  history: readonly number[],
  histories: readonly (readonly number[])[],
  bands: readonly number[],
  { eta, strict }: Hyperband,
): boolean {
  const band = bands.filter((length) => length <= history.length).at(-1)
  if (band === undefined) return false
  const reached = histories.flatMap((other) => (other.length >= band ? [other[band - 1]!] : []))
  const sorted = Float64Array.from(reached).sort()
  const threshold = sorted[Math.trunc((1 / eta) * reached.length)]!
  // less strict: one good value in the past excuses
  const value = strict ? history[band - 1]! : Math.min(...history)
  return value > threshold
}
