import type { EvaluationReport } from '../contracts/index.ts'
import { palette, type VegaLiteSpec } from '../figures/index.ts'
import { padded } from './padded.ts'
import { count, interval, percent } from './texts.ts'
import type { EpochPoint, TrainingCurves } from './training-curves.ts'

const NAMES = { test: 'test', val: 'validation' } as const
const BAND = '#d5efe7'

/**
 * `test_accuracy.png`. The test split is locked and looked at once, after training, so there is no
 * curve of it to draw: this shows validation per epoch, the epoch that was kept, and where the kept
 * model landed on the evaluated split, with its interval.
 */
export function testAccuracySpec(report: EvaluationReport, curves?: TrainingCurves): VegaLiteSpec {
  const { value, low, high } = report.accuracy
  const epochs = (curves?.epochs ?? []).filter(({ val_accuracy }) => Number.isFinite(val_accuracy))
  const last = epochs.at(-1)?.epoch ?? 1
  const at = epochs.find(({ best }) => best)?.epoch ?? last
  const domain = [(epochs[0]?.epoch ?? 1) - 0.4, last + 0.4]
  const validation = epochs.map(({ epoch, val_accuracy }) => ({ x: epoch, y: val_accuracy }))
  const shown = padded([low, high, ...validation.map(({ y }) => y)], 0.15)
  const result = { values: [{ x: at, y: value, low, high }] }
  return {
    width: 640,
    height: 360,
    title: { text: titleOf(report), subtitle: subtitleOf(report, epochs) },
    data: result,
    layer: [
      {
        mark: { type: 'rect', color: BAND },
        encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
      },
      { mark: { type: 'rule', color: palette.green, strokeDash: [5, 4] }, encoding: { y: Y } },
      {
        data: { values: validation },
        mark: {
          type: 'line',
          color: palette.orange,
          point: { color: palette.orange, size: epochs.length > 25 ? 20 : 55 },
        },
        encoding: { x: X, y: Y },
      },
      {
        mark: { type: 'rule', color: palette.green, strokeWidth: 2.5 },
        encoding: { x: X, y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
      },
      {
        mark: { type: 'point', shape: 'diamond', size: 170, color: palette.green, opacity: 1 },
        encoding: { x: X, y: Y },
      },
      ...labels(report, last + 0.4, validation),
    ],
    encoding: {
      x: {
        scale: { domain, nice: false },
        title: epochs.length === 0 ? null : 'epoch',
        axis: { values: ticks(epochs), format: 'd' },
      },
      y: { scale: { domain: shown, nice: false }, title: 'accuracy', axis: { format: '.1~%' } },
    },
  }
}

const X = { field: 'x', type: 'quantitative' }
const Y = { field: 'y', type: 'quantitative' }

/** The result at the right end of its band, away from the curve, and the name of the curve. */
function labels(
  { accuracy, dataset }: EvaluationReport,
  right: number,
  validation: readonly { readonly x: number; readonly y: number }[],
): readonly object[] {
  const below = (validation.at(-1)?.y ?? 0) > accuracy.value
  const text = `${dataset.split === 'test' ? 'test' : 'this model'} ${percent(accuracy.value)}`
  const corner = { x: right, y: below ? accuracy.low : accuracy.high }
  const result = {
    data: { values: [corner] },
    mark: { ...BOLD, text, align: 'right', dx: -6, dy: below ? 13 : -11, color: '#00664b' },
    encoding: { x: X, y: Y },
  }
  const start = validation[0]
  if (start === undefined || validation.length < 2) return [result]
  const dy = start.y > accuracy.value ? -13 : 15
  const mark = { ...BOLD, text: 'validation', align: 'left', dx: 4, dy, color: '#a34700' }
  return [result, { data: { values: [start] }, mark, encoding: { x: X, y: Y } }]
}

const BOLD = { type: 'text', fontWeight: 'bold', fontSize: 12.5 }

const titleOf = ({ dataset, accuracy }: EvaluationReport) =>
  `${dataset.split === 'test' ? 'Test' : 'Validation'} accuracy ${percent(accuracy.value)}`

function subtitleOf(report: EvaluationReport, epochs: readonly EpochPoint[]): readonly string[] {
  const { accuracy, dataset } = report
  const range = interval(accuracy.low, accuracy.high)
  const band = `Band: 95% interval ${range} from ${count(dataset.size)} ${NAMES[dataset.split]} images.`
  const kept = epochs.find(({ best }) => best)
  if (kept === undefined) return [band]
  const choice = `Line: validation after each epoch; epoch ${kept.epoch} was kept, chosen on validation.`
  const locked = 'The test split was not looked at while training, so it has no curve.'
  return dataset.split === 'test' ? [band, choice, locked] : [band, choice]
}

/** Whole epochs, at most about twelve of them. */
function ticks(epochs: readonly EpochPoint[]): readonly number[] {
  const every = Math.ceil(epochs.length / 12)
  return epochs.map(({ epoch }) => epoch).filter((epoch) => epoch % every === 0)
}
