/** The range of some values with a margin on both sides, as an axis wants it. */
export function padded(values: readonly number[], margin = 0.05): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity)
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity)
  if (low > high) return [0, 1]
  const space = margin * (high - low || Math.abs(high) || 1)
  return [low - space, high + space]
}

/** The value below which a share of the others lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN
}
