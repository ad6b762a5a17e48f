export interface Bar {
  readonly label: string
  readonly value: number
}

/**
 * Largest first; equal ones in the order of the model's classes. That order cannot be read from the
 * answer: JavaScript moves names like "7" in an object to the front.
 */
export function sortBars(
  probabilities: Readonly<Record<string, number>>,
  classes: readonly string[],
): readonly Bar[] {
  const places = new Map(classes.map((name, at) => [name, at]))
  const place = (name: string) => places.get(name) ?? classes.length
  return Object.entries(probabilities)
    .map(([label, value]) => ({ label, value }))
    .sort((a, b) => b.value - a.value || place(a.label) - place(b.label))
}

/** One decimal, but neither none nor all where there is a little left. */
export function formatPercent(share: number): string {
  const percent = 100 * share
  if (percent > 0 && percent < 0.1) return '< 0.1 %'
  if (percent < 100 && percent > 99.9) return '> 99.9 %'
  return `${percent.toFixed(1)} %`
}

export function formatMilliseconds(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
