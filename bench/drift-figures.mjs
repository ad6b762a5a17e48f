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

function lines(values, titles, title, y) {
  return {
    width: 300,
    height: 220,
    title,
    data: { values },
    mark: { type: 'line', point: true },
    encoding: { x: bySize, y: rate(y), color: color(titles) },
  }
}

/** False alarms by window size, and mean detection of a faint and a middling severity. */
export function ratesFigure({ titles, clean, found }) {
  const named = clean.map(({ method, ...rest }) => ({ method: titles[method], ...rest }))
  const alarms = {
    ...lines(named, titles, 'Clean windows called drifted', 'share of 1,000 windows'),
    data: undefined,
    mark: undefined,
    encoding: undefined,
    layer: [
      {
        data: { values: named },
        mark: { type: 'line', point: true },
        encoding: { x: bySize, y: rate('share of 1,000 windows'), color: color(titles) },
      },
      {
        data: { values: [{ level: 0.05 }] },
        mark: { type: 'rule', strokeDash: [4, 4], color: palette.quiet },
        encoding: { y: { field: 'level', type: 'quantitative' } },
      },
    ],
  }
  const detection = (severity) =>
    lines(
      meanBySize(found, severity, titles),
      titles,
      `Corrupted, severity ${severity}, at equal false alarms (5 %)`,
      'windows found, mean of 15 corruptions',
    )
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

/** Detection of each corruption and severity by small windows, as each method decides. */
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
              field: 'rate',
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
            text: { field: 'rate', type: 'quantitative', format: '.0%' },
            color: {
              condition: { test: 'datum.rate > 0.55', value: palette.paper },
              value: palette.ink,
            },
          },
        },
      ],
    },
  }
}
