import { palette, type VegaLiteSpec } from '../figures/index.ts'
import { padded, quantile } from './padded.ts'
import { keepExtremes, type Point, smooth } from './training-curves.ts'

/** One metric of one run; steps rise. */
export interface ComparedCurve {
  /** The run, as the legend has it. Colours go by the place of the run in `labels`. */
  readonly label: string
  readonly points: readonly Point[]
}

const SIZE = { width: 640, height: 340 }
const SAMPLES = 400
/** Longer series are noise at this width, and drawn as their moving mean. */
const MOST_PLAIN = 300
const COLORS = [
  palette.blue,
  palette.orange,
  palette.green,
  palette.purple,
  palette.yellow,
  palette.quiet,
]
/** When the colours are used up they come again, dashed. */
const DASHES = [
  [1, 0],
  [7, 4],
  [2, 4],
] as const
/** Ids are long: so many stand side by side. */
const LEGEND_COLUMNS = 2
const FEW_POINTS = 40

/** A metric of several runs over their steps. `labels` has every run, drawn here or not. */
export function comparisonSpec(
  metric: string,
  labels: readonly string[],
  curves: readonly ComparedCurve[],
): VegaLiteSpec {
  const smoothed = curves.some(({ points }) => points.length > MOST_PLAIN)
  const lines = curves.map(({ label, points }) => ({ label, points: drawnPoints(points) }))
  const shown = lines.filter(({ points }) => points.length > 0)
  const values = shown.flatMap(({ label, points }) =>
    points.map((point) => ({ ...point, run: label })),
  )
  const marked = shown.every(({ points }) => points.length <= FEW_POINTS)
  const drawn = labels.filter((label) => shown.some((line) => line.label === label))
  return {
    ...SIZE,
    title: { text: metric, ...(smoothed && { subtitle: 'moving mean over 1/25 of each run' }) },
    data: { values },
    mark: {
      type: 'line',
      // a mark on the edge stays whole; a wild line does not leave its frame
      clip: !marked,
      strokeWidth: 1.75,
      ...(marked && { point: { size: 42, filled: true } }),
    },
    encoding: {
      x: {
        field: 'x',
        type: 'quantitative',
        title: 'step',
        scale: { nice: false },
        axis: { format: '~s', tickCount: 8 },
      },
      y: {
        field: 'y',
        type: 'quantitative',
        title: metric,
        axis: { format: metric.endsWith('accuracy') ? '~%' : '~g' },
        scale: { domain: padded(settled(lines.map(({ points }) => points))), nice: false },
      },
      color: {
        field: 'run',
        type: 'nominal',
        scale: { domain: drawn, range: drawn.map((label) => styleOf(labels, label).color) },
        legend: { columns: LEGEND_COLUMNS, symbolType: 'stroke', symbolSize: 300 },
      },
      strokeDash: {
        field: 'run',
        type: 'nominal',
        scale: { domain: drawn, range: drawn.map((label) => styleOf(labels, label).dash) },
      },
    },
  }
}

function drawnPoints(points: readonly Point[]): readonly Point[] {
  const finite = points.filter(({ y }) => Number.isFinite(y))
  return finite.length > MOST_PLAIN ? keepExtremes(smooth(finite, SAMPLES), SAMPLES) : finite
}

/** The first points of a fresh network may be far from all others; they are cut off, not the rest flattened. */
function settled(lines: readonly (readonly Point[])[]): readonly number[] {
  return lines.flatMap((points) => {
    const values = points.map(({ y }) => y)
    if (values.length < FEW_POINTS) return values
    const later = values.slice(Math.ceil(values.length / 50))
    return [quantile(later, 0), quantile(later, 1)]
  })
}

function styleOf(labels: readonly string[], label: string) {
  const at = Math.max(0, labels.indexOf(label))
  return {
    color: COLORS[at % COLORS.length]!,
    dash: DASHES[Math.floor(at / COLORS.length) % DASHES.length]!,
  }
}
