import type { RobustnessReport } from '../contracts/index.ts'
import { count, percent } from '../evaluation/index.ts'
import { palette, sequentialBlues, type VegaLiteSpec } from '../figures/index.ts'
import { scoresBySeverity } from './build-report.ts'

const COLORS = [palette.blue, palette.orange, palette.green, palette.purple, palette.yellow]
const CELL = { width: 74, height: 26 }
/** From this part of the colour range on, white text reads better than dark. */
const DARK = 0.62

/** `defocus_blur` → `defocus blur` */
export const titleOf = (name: string): string => name.replaceAll('_', ' ')

/** Accuracy by corruption and severity, in cells. */
export function heatMapSpec(report: RobustnessReport): VegaLiteSpec {
  const cells = report.corruptions.flatMap(({ name, severities }) =>
    severities.map(({ severity, accuracy }) => ({ name: titleOf(name), severity, accuracy })),
  )
  const lowest = Math.min(...cells.map(({ accuracy }) => accuracy))
  const floor = Math.floor(lowest * 10) / 10
  const domain = [floor, Math.max(report.clean.accuracy, floor + 0.1)]
  const order = report.corruptions.map(({ name }) => titleOf(name))
  const dark = domain[0]! + DARK * (domain[1]! - domain[0]!)
  return {
    width: { step: CELL.width },
    height: { step: CELL.height },
    title: {
      text: 'Accuracy on corrupted images',
      subtitle: [`Without corruption ${percent(report.clean.accuracy)}.`, `${imagesText(report)}.`],
    },
    data: { values: cells },
    layer: [
      {
        mark: { type: 'rect', stroke: palette.paper, strokeWidth: 1.5 },
        encoding: {
          color: {
            field: 'accuracy',
            type: 'quantitative',
            scale: { domain, range: sequentialBlues, clamp: true },
            legend: { orient: 'right', format: '~%', gradientLength: 15 * CELL.height },
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 12, baseline: 'middle' },
        encoding: {
          text: { field: 'accuracy', type: 'quantitative', format: '.1%' },
          color: {
            condition: { test: `datum.accuracy > ${dark}`, value: palette.paper },
            value: palette.ink,
          },
        },
      },
    ],
    encoding: {
      x: {
        field: 'severity',
        type: 'ordinal',
        title: 'severity',
        axis: { orient: 'top', labelAngle: 0, domain: false, ticks: false },
        scale: { padding: 0 },
      },
      y: {
        field: 'name',
        type: 'nominal',
        sort: order,
        title: null,
        axis: { domain: false, ticks: false, labelLimit: 220 },
        scale: { padding: 0 },
      },
    },
  }
}

const imagesText = ({ dataset }: RobustnessReport) =>
  `${count(dataset.size)} ${dataset.split === 'test' ? 'test' : 'validation'} images, each corrupted 75 times`

/** Accuracy over severity, a panel for each family of corruptions. */
export function severitySpec(report: RobustnessReport): VegaLiteSpec {
  const families = ['noise', 'blur', 'weather', 'digital'] as const
  const lowest = Math.min(...report.corruptions.flatMap(accuraciesOf), report.clean.accuracy)
  const domain = [Math.max(0, lowest - 0.04), Math.min(1, report.clean.accuracy + 0.03)]
  return {
    title: { text: 'Accuracy by severity', subtitle: '0 is the clean image.' },
    columns: 2,
    spacing: { row: 26, column: 36 },
    concat: families.map((family) => {
      const members = report.corruptions.filter((corruption) => corruption.family === family)
      const names = members.map(({ name }) => titleOf(name))
      const values = members.flatMap((member) =>
        [report.clean.accuracy, ...accuraciesOf(member)].map((accuracy, severity) => ({
          severity,
          accuracy,
          name: titleOf(member.name),
        })),
      )
      return {
        width: 300,
        height: 190,
        title: { text: family, fontSize: 13, offset: 4 },
        data: { values },
        mark: { type: 'line', strokeWidth: 1.75, point: { size: 36, filled: true } },
        encoding: {
          x: severityAxis,
          y: {
            field: 'accuracy',
            type: 'quantitative',
            title: null,
            axis: { format: '~%', tickCount: 6 },
            scale: { domain, nice: false },
          },
          color: {
            field: 'name',
            type: 'nominal',
            sort: names,
            scale: { domain: names, range: COLORS.slice(0, names.length) },
            legend: { orient: 'top', columns: 2, symbolType: 'stroke', symbolSize: 220 },
          },
        },
      }
    }),
    resolve: { scale: { color: 'independent' } },
  }
}

const severityAxis = {
  field: 'severity',
  type: 'quantitative',
  title: 'severity',
  scale: { domain: [0, 5], nice: false },
  axis: { values: [0, 1, 2, 3, 4, 5], format: 'd' },
}

const accuraciesOf = ({ severities }: RobustnessReport['corruptions'][number]) =>
  severities.map(({ accuracy }) => accuracy)

const SCORES = [
  ['ece', 'calibration error (ECE)', '~%'],
  ['nll', 'negative log-likelihood, nats', '~g'],
  ['brier', 'Brier score', '~g'],
] as const

/** How honest the confidence stays: the mean over corruptions, and each of them, by severity. */
export function shiftSpec(report: RobustnessReport): VegaLiteSpec {
  const means = scoresBySeverity(report)
  return {
    title: {
      text: 'Calibration under shift',
      subtitle: 'Bold: mean over the corruptions. Thin: each of them. Probabilities as served.',
    },
    spacing: 34,
    hconcat: SCORES.map(([key, title, format]) => {
      const single = report.corruptions.flatMap(({ name, severities }) =>
        [report.clean, ...severities].map((scores, severity) => ({
          severity,
          value: scores[key],
          name,
        })),
      )
      const mean = means.map((scores, severity) => ({ severity, value: scores[key] }))
      const y = {
        field: 'value',
        type: 'quantitative',
        title: null,
        axis: { format, tickCount: 6 },
      }
      return {
        width: 200,
        height: 200,
        title: { text: title, fontSize: 12.5, offset: 6 },
        layer: [
          {
            data: { values: single },
            mark: { type: 'line', color: palette.sky, strokeWidth: 1, opacity: 0.55 },
            encoding: { x: severityAxis, y, detail: { field: 'name', type: 'nominal' } },
          },
          {
            data: { values: mean },
            mark: { type: 'line', color: palette.blue, strokeWidth: 2.75, point: { size: 40 } },
            encoding: { x: severityAxis, y },
          },
        ],
      }
    }),
  }
}
