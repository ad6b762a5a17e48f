import type { EvaluationReport } from '../contracts/index.ts'
import { palette, sequentialBlues, type VegaLiteSpec } from '../figures/index.ts'
import { count, label, percent } from './texts.ts'

/** From this part of the colour range on, white text reads better than dark. */
const DARK = 0.68
const LONGEST_NAME = 22

interface Cell {
  readonly row: number
  readonly column: number
  readonly share: number
  readonly text: string
}

/** `confusion_matrix_normalized.png`: shares of each true class. Numbers are left out where too small. */
export function confusionMatrixSpec(report: EvaluationReport): VegaLiteSpec {
  const names = report.classes.map((name) => label(name, LONGEST_NAME))
  const step = cellSize(names.length)
  const cells = report.confusion_matrix.flatMap((counts, row) => {
    const total = report.per_class[row]!.support
    return counts.map((value, column) => cellOf(row, column, total === 0 ? 0 : value / total))
  })
  return {
    width: { step },
    height: { step },
    params: [{ name: 'names', value: names }],
    title: {
      text: 'Confusion matrix, normalised by true class',
      subtitle: `Accuracy ${percent(report.accuracy.value)} on ${count(report.dataset.size)} ${report.dataset.split === 'test' ? 'test' : 'validation'} images. Rows add up to 1; below .005 left blank.`,
    },
    data: { values: cells },
    layer: [
      { mark: { type: 'rect', stroke: palette.paper, strokeWidth: step > 12 ? 1 : 0 } },
      ...(step >= 24 ? [cellTexts(Math.min(12, step / 3.2), DARK ** 2)] : []),
    ],
    encoding: {
      x: {
        ...classAxis('column', 'predicted class'),
        axis: slantedAxis(step, names),
      },
      y: { ...classAxis('row', 'true class'), axis: axisOf(step, names) },
      color: {
        field: 'share',
        type: 'quantitative',
        // the square root, so that a confusion of a few per cent is seen at all
        scale: { type: 'sqrt', domain: [0, 1], range: sequentialBlues },
        legend: {
          orient: 'right',
          format: '~%',
          gradientLength: Math.min(220, step * names.length),
        },
      },
    },
  }
}

const METRICS = ['precision', 'recall', 'f1'] as const
const HEADINGS = ['precision', 'recall', 'F1', 'support']

/** `classification_report.png`: scikit-learn's table, the shares coloured from the lowest to 1. */
export function classificationReportSpec(report: EvaluationReport): VegaLiteSpec {
  const rows = [...report.per_class, report.macro_average, report.weighted_average]
  const names = [
    ...report.classes.map((name) => label(name, LONGEST_NAME)),
    'macro average',
    'weighted average',
  ]
  const shares = rows.flatMap((scores, row) =>
    METRICS.map((metric, column) => ({
      ...cellOf(row, column, scores[metric]),
      text: scores[metric].toFixed(3),
    })),
  )
  const supports = rows.map(({ support }, row) => ({ row, column: 3, text: count(support) }))
  const lowest = Math.min(...shares.map(({ share }) => share))
  const floor = Math.max(0, Math.min(0.5, Math.floor(lowest * 10) / 10))
  const step = names.length <= 40 ? 30 : 20
  const grid = { x: headingAxis, y: { ...classAxis('row', null), axis: axisOf(step, names) } }
  return {
    width: { step: 104 },
    height: { step },
    params: [
      { name: 'names', value: names },
      { name: 'headings', value: HEADINGS },
    ],
    title: { text: 'Precision, recall and F1 per class', subtitle: reportSubtitle(report) },
    layer: [
      {
        data: { values: shares },
        mark: { type: 'rect', stroke: palette.paper, strokeWidth: 1.5 },
        encoding: {
          color: {
            field: 'share',
            type: 'quantitative',
            scale: { domain: [floor, 1], range: sequentialBlues },
            legend: null,
          },
        },
      },
      { data: { values: shares }, ...cellTexts(step > 24 ? 12 : 10, floor + DARK * (1 - floor)) },
      {
        data: { values: supports },
        mark: { type: 'text', fontSize: step > 24 ? 12 : 10 },
        encoding: { text: { field: 'text' } },
      },
      {
        data: { values: [{ row: report.classes.length }] },
        mark: { type: 'rule', color: palette.quiet, yOffset: 0, strokeWidth: 1.2 },
        encoding: {
          x: { value: 0 },
          x2: { value: 4 * 104 },
          y: { field: 'row', type: 'ordinal', bandPosition: 0 },
        },
      },
    ],
    encoding: grid,
  }
}

const headingAxis = {
  field: 'column',
  type: 'ordinal',
  scale: { paddingInner: 0, paddingOuter: 0 },
  title: null,
  axis: {
    orient: 'top',
    labelExpr: 'headings[datum.value]',
    labelAngle: 0,
    domain: false,
    ticks: false,
  },
}

function reportSubtitle({ accuracy, dataset, loss }: EvaluationReport): string {
  const split = dataset.split === 'test' ? 'test' : 'validation'
  return `Accuracy ${percent(accuracy.value)}, loss ${loss.toFixed(4)} on ${count(dataset.size)} ${split} images.`
}

function cellOf(row: number, column: number, share: number): Cell {
  // a field of .00 would hide the mistakes that matter
  const text = share < 0.005 ? '' : share.toFixed(2).replace(/^0/, '')
  return { row, column, share, text }
}

function cellTexts(fontSize: number, dark: number): object {
  return {
    mark: { type: 'text', fontSize, baseline: 'middle' },
    encoding: {
      text: { field: 'text' },
      color: {
        condition: { test: `datum.share > ${dark}`, value: palette.paper },
        value: palette.ink,
      },
    },
  }
}

/** Pixels: large enough for numbers up to about 30 classes, the whole never wider than a screen. */
const cellSize = (classes: number) => Math.max(5, Math.min(46, Math.floor(760 / classes)))

const classAxis = (field: string, title: string | null) => ({
  field,
  type: 'ordinal',
  title,
  scale: { paddingInner: 0, paddingOuter: 0 },
  sort: null,
})

function slantedAxis(step: number, names: readonly string[]): object {
  if (step < 24) return { ...axisOf(step, names), labelAngle: -90 }
  return { ...axisOf(step, names, Math.SQRT1_2), labelAngle: -45 }
}

function axisOf(step: number, names: readonly string[], slant = 1): object {
  const fontSize = Math.min(12, Math.max(5, step * 0.9))
  const longest = Math.max(...names.map((name) => [...name].length))
  return {
    labelExpr: 'names[datum.value]',
    labelFontSize: fontSize,
    labelLimit: 220,
    labelOverlap: false,
    // Vega cannot measure text without a canvas and guesses far too wide
    maxExtent: 12 + 0.62 * slant * fontSize * longest,
    domain: false,
    ticks: false,
    grid: false,
  }
}
