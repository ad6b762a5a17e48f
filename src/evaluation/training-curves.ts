/** How a run went, as read back from its `metrics.jsonl`. Accuracies are shares, losses nats. */
export interface TrainingCurves {
  readonly steps: readonly StepPoint[]
  readonly epochs: readonly EpochPoint[]
}

export interface StepPoint {
  readonly step: number
  readonly epoch: number
  readonly loss: number
  readonly accuracy: number
}

export interface EpochPoint {
  readonly epoch: number
  /** The last step of the epoch. */
  readonly step: number
  readonly train_loss: number
  readonly train_accuracy: number
  readonly val_loss: number
  readonly val_accuracy: number
  /** The epoch that was kept, chosen on validation. */
  readonly best: boolean
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** At most about 2 × `buckets` points: the lowest and highest of each bucket, in their order. */
export function keepExtremes(points: readonly Point[], buckets: number): Point[] {
  if (points.length <= 2 * buckets) return [...points]
  return inBuckets(points, buckets).flatMap((bucket) => {
    const low = bucket.reduce((a, b) => (b.y < a.y ? b : a))
    const high = bucket.reduce((a, b) => (b.y > a.y ? b : a))
    if (low === high) return [low]
    return low.x < high.x ? [low, high] : [high, low]
  })
}

/** Mean over a centred window of 1/25 of the series, cut off at its ends: nothing lags behind. */
export function smooth(points: readonly Point[], samples: number): Point[] {
  const sums = new Float64Array(points.length + 1)
  for (const [i, { y }] of points.entries()) sums[i + 1] = sums[i]! + y
  const widest = Math.ceil(points.length / 50)
  const mean = (at: number) => {
    const from = Math.max(0, at - widest)
    const to = Math.min(points.length, at + widest + 1)
    return (sums[to]! - sums[from]!) / (to - from)
  }
  const every = Math.max(1, Math.floor(points.length / samples))
  return points
    .map(({ x }, at) => ({ x, at }))
    .filter(({ at }) => at % every === 0 || at === points.length - 1)
    .map(({ x, at }) => ({ x, y: mean(at) }))
}

function inBuckets(points: readonly Point[], buckets: number): Point[][] {
  const edge = (bucket: number) => Math.round((bucket * points.length) / buckets)
  return Array.from({ length: buckets }, (_, at) => points.slice(edge(at), edge(at + 1)))
}
