import { palette, type VegaLiteSpec } from '../../figures/index.ts'
import type { ParameterImportance } from './importance.ts'

/** How much of the metric's variation goes back to each parameter, and which way it goes. */
export function importanceSpec(importance: readonly ParameterImportance[]): VegaLiteSpec {
  const rows = importance.map(({ name, share, correlation }) => ({
    name,
    share,
    text: `${Math.round(100 * share)}%${correlation === null ? '' : `, r = ${signed(correlation)}`}`,
  }))
  const y = { field: 'name', type: 'nominal', title: null, sort: null, axis: { labelLimit: 220 } }
  const x = {
    field: 'share',
    type: 'quantitative',
    title: 'share of the variation',
    scale: { domain: [0, 1.25 * Math.max(0.2, ...rows.map(({ share }) => share))], nice: false },
    axis: { format: '~%', grid: true, tickCount: 6 },
  }
  return {
    width: 520,
    height: { step: 34 },
    title: {
      text: 'Importance of parameters',
      subtitle: [
        'each by itself, over the whole search space',
        'r: linear correlation with the metric',
      ],
    },
    data: { values: rows },
    encoding: { y },
    layer: [
      { mark: { type: 'bar', color: palette.blue, height: 16 }, encoding: { x } },
      {
        mark: { type: 'text', align: 'left', dx: 6 },
        encoding: { x, text: { field: 'text', type: 'nominal' } },
      },
    ],
  }
}

/** With a real minus: a hyphen is hard to see. */
const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`
