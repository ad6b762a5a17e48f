import { palette, type VegaLiteSpec } from '../figures/index.ts'
import { padded, quantile } from './padded.ts'
import { plural } from './texts.ts'
import {
  type EpochPoint,
  keepExtremes,
  type Point,
  type StepPoint,
  smooth,
  type TrainingCurves,
} from './training-curves.ts'

const SIZE = { width: 640, height: 360 }
const BUCKETS = 500
const SAMPLES = 400
const SERIES = {
  'each training step': '#a5cbe6',
  smoothed: palette.blue,
  'training, epoch mean': '#003f66',
  validation: palette.orange,
}
type Series = keyof typeof SERIES

interface Quantity {
  readonly title: string
  readonly axis: string
  readonly format: string
  readonly ofStep: (point: StepPoint) => number
  readonly ofTraining: (point: EpochPoint) => number
  readonly ofValidation: (point: EpochPoint) => number
}

const LOSS: Quantity = {
  title: 'Training loss',
  axis: 'cross-entropy (nats)',
  format: '~f',
  ofStep: ({ loss }) => loss,
  ofTraining: ({ train_loss }) => train_loss,
  ofValidation: ({ val_loss }) => val_loss,
}

const ACCURACY: Quantity = {
  title: 'Training accuracy',
  axis: 'accuracy',
  format: '~%',
  ofStep: ({ accuracy }) => accuracy,
  ofTraining: ({ train_accuracy }) => train_accuracy,
  ofValidation: ({ val_accuracy }) => val_accuracy,
}

/** `train_loss.png`: the loss of each step, smoothed, and both losses after each epoch. */
export const trainLossSpec = (curves: TrainingCurves): VegaLiteSpec => trainingSpec(curves, LOSS)

/** `train_accuracy.png`: the same for accuracy. */
export const trainAccuracySpec = (curves: TrainingCurves): VegaLiteSpec =>
  trainingSpec(curves, ACCURACY)

function trainingSpec({ steps, epochs }: TrainingCurves, quantity: Quantity): VegaLiteSpec {
  const raw = finite(steps.map((point) => ({ x: point.step, y: quantity.ofStep(point) })))
  const ofEpochs = (value: (point: EpochPoint) => number) =>
    finite(epochs.map((point) => ({ x: point.step, y: value(point) })))
  const smoothed = smooth(raw, SAMPLES)
  const training = ofEpochs(quantity.ofTraining)
  const validation = ofEpochs(quantity.ofValidation)
  const shown = [...training, ...validation].map(({ y }) => y)
  return {
    ...SIZE,
    title: { text: quantity.title, subtitle: trainingSubtitle(steps.length, epochs) },
    layer: [
      lineLayer(keepExtremes(raw, BUCKETS), 'each training step', 0.75),
      lineLayer(smoothed, 'smoothed', 2.25),
      lineLayer(training, 'training, epoch mean', 1),
      lineLayer(validation, 'validation', 1.5),
      pointLayer(training, 'training, epoch mean', 'diamond'),
      pointLayer(validation, 'validation', 'circle'),
    ],
    encoding: {
      x: { field: 'x', type: 'quantitative', title: 'step', scale: { nice: false }, axis: STEPS },
      y: {
        field: 'y',
        type: 'quantitative',
        title: quantity.axis,
        axis: { format: quantity.format },
        scale: { domain: padded([...shown, ...settledRange(raw, smoothed)]), nice: false },
      },
      color: {
        field: 'series',
        type: 'nominal',
        scale: { domain: Object.keys(SERIES), range: Object.values(SERIES) },
        legend: { symbolType: 'stroke', symbolSize: 300, columnPadding: 4 },
      },
    },
  }
}

const STEPS = { format: '~s', tickCount: 8 } as const

/** What to show of the steps: outliers, and the first steps of a fresh network, would flatten the rest. */
function settledRange(raw: readonly Point[], smoothed: readonly Point[]): readonly number[] {
  if (raw.length === 0) return []
  const later = (points: readonly Point[]) =>
    points.slice(Math.ceil(points.length / 100) - 1).map(({ y }) => y)
  const settled = later(raw)
  return [...later(smoothed), quantile(settled, 0.01), quantile(settled, 0.99)]
}

function trainingSubtitle(steps: number, epochs: readonly EpochPoint[]): string {
  const best = epochs.find((point) => point.best)
  const length = `${plural(steps, 'step')} in ${plural(epochs.length, 'epoch')}`
  return best === undefined
    ? length
    : `${length}; epoch ${best.epoch} was kept, chosen on validation`
}

function lineLayer(points: readonly Point[], series: Series, strokeWidth: number): object {
  return { data: dataOf(points, series), mark: { type: 'line', clip: true, strokeWidth } }
}

function pointLayer(points: readonly Point[], series: Series, shape: string): object {
  const size = points.length > 25 ? 20 : 60
  const mark = { type: 'point', shape, size, opacity: 1, stroke: palette.paper, strokeWidth: 1 }
  return { data: dataOf(points, series), mark }
}

const dataOf = (points: readonly Point[], series: Series) => ({
  values: points.map((point) => ({ ...point, series })),
})

const finite = (points: readonly Point[]) => points.filter(({ y }) => Number.isFinite(y))
