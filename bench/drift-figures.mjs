/** The charts of bench/drift.mjs as Vega-Lite. */
import { palette } from '../dist/figures/index.js'

const COLORS = { ours: palette.blue, evidently: palette.orange, bbsds: palette.green }

const color = (titles) => ({
  field: 'method',
  type: 'nominal',
  scale: {
    domain: Object.values(titles),
    range: Object.keys(titles).map((name) => COLORS[name]),
  },
})
const bySize = {
  field: 'size',
  type: 'quantitative',
  title: 'rows in the window',
  scale: { type: 'log' },
  axis: { values: [20, 50, 100, 200, 500, 1000, 2000, 5000], format: ',d' },
}
const rate = (title) => ({
  field: 'rate',
  type: 'quantitative',
  title,
  scale: { domain: [0, 1] },
  axis: { format: '~%' },
})

const panel = (title, subtitle, layer) => ({
  width: 300,
  height: 220,
  title: { text: title, subtitle },
  layer,
})

function lines(values, titles, y) {
  return {
    data: { values },
    mark: { type: 'line', point: true },
    encoding: { x: bySize, y: rate(y), color: color(titles) },
  }
}

/** False alarms by window size, and mean detection of a faint and a middling severity. */
export function ratesFigure({ titles, clean, found }) {
  const named = clean.map(({ method, ...rest }) => ({ method: titles[method], ...rest }))
  const level = {
    data: { values: [{ level: 0.05 }] },
    mark: { type: 'rule', strokeDash: [4, 4], color: palette.quiet },
    encoding: { y: { field: 'level', type: 'quantitative' } },
  }
  const detection = (severity) =>
    panel(`Corrupted images, severity ${severity}`, 'limits set for 5 % false alarms', [
      lines(meanBySize(found, severity, titles), titles, 'windows found, 15 corruptions'),
    ])
  const alarms = panel('Unchanged images', 'as each method decides', [
    lines(named, titles, 'windows called drifted'),
    level,
  ])
  return { hconcat: [alarms, detection(1), detection(3)], spacing: 40 }
}

function meanBySize(found, severity, titles) {
  const sizes = [...new Set(found.map(({ size }) => size))]
  return Object.entries(titles).flatMap(([method, title]) =>
    sizes.map((size) => {
      const cells = found.filter(
        (cell) => cell.method === method && cell.size === size && cell.severity === severity,
      )
      return {
        method: title,
        size,
        rate: cells.reduce((sum, cell) => sum + cell.equal, 0) / cells.length,
      }
    }),
  )
}

/** Detection of each corruption and severity by small windows, at equal false alarms. */
export function detectionFigure({ titles, found }) {
  const values = found
    .filter(({ size }) => size === 20 || size === 100)
    .map(({ method, size, ...rest }) => ({ ...rest, panel: `${titles[method]}, ${size} rows` }))
  const panels = [20, 100].flatMap((size) =>
    Object.values(titles).map((title) => `${title}, ${size} rows`),
  )
  const grid = {
    x: { field: 'severity', type: 'ordinal', title: 'severity', axis: { labelAngle: 0 } },
    y: { field: 'corruption', type: 'nominal', title: null, sort: null },
  }
  return {
    title: {
      text: 'Small windows of corrupted images',
      subtitle: 'limits set for 5 % false alarms',
    },
    data: { values },
    facet: { field: 'panel', type: 'nominal', title: null, sort: panels },
    columns: 3,
    spec: {
      width: 180,
      height: 270,
      layer: [
        {
          mark: 'rect',
          encoding: {
            ...grid,
            color: {
              field: 'equal',
              type: 'quantitative',
              title: 'windows found',
              scale: { domain: [0, 1] },
              legend: { format: '~%' },
            },
          },
        },
        {
          mark: { type: 'text', fontSize: 10 },
          encoding: {
            ...grid,
            text: { field: 'equal', type: 'quantitative', format: '.0%' },
            color: {
              condition: { test: 'datum.equal > 0.55', value: palette.paper },
              value: palette.ink,
            },
          },
        },
      ],
    },
  }
}
