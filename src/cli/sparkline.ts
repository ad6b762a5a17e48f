const LEVELS = '▁▂▃▄▅▆▇█'

/** A curve in one line of at most `width` letters, from the lowest value to the highest; means of what falls together. */
export function sparkline(values: ArrayLike<number>, width: number): string {
  const finite = Array.from(values).filter(Number.isFinite)
  const count = Math.min(width, finite.length)
  const edge = (at: number) => Math.round((at * finite.length) / count)
  const means = Array.from({ length: count }, (_, at) => {
    const part = finite.slice(edge(at), edge(at + 1))
    return part.reduce((a, b) => a + b, 0) / part.length
  })
  const low = Math.min(...means)
  const high = Math.max(...means)
  const level = (mean: number) =>
    high === low ? 0 : Math.round(((mean - low) / (high - low)) * (LEVELS.length - 1))
  return means.map((mean) => LEVELS[level(mean)]).join('')
}
