import type { EvaluationReport } from '../contracts/index.ts'
import { palette, type VegaLiteSpec } from '../figures/index.ts'

/** The accuracy of fewer images is mostly chance. */
const FEWEST = 10

/** Reliability diagram: accuracy against confidence, of the plain softmax (bars, blue) and calibrated. */
export function reliabilitySpec({ calibration }: EvaluationReport): VegaLiteSpec {
  const bins = calibration.bins.filter(({ count }) => count >= FEWEST)
  const calibrated = calibration.bins_calibrated.filter(({ count }) => count >= FEWEST)
  const share = { type: 'quantitative', scale: { domain: [0, 1] }, axis: { format: '~%' } }
  const curve = (color: string) => ({
    mark: { type: 'line', color, strokeWidth: 1.75, point: { color, size: 40 } },
    encoding: {
      x: { field: 'confidence', ...share, title: 'confidence' },
      y: { field: 'accuracy', ...share, title: 'accuracy' },
    },
  })
  return {
    background: 'transparent',
    padding: 4,
    width: 420,
    height: 320,
    layer: [
      {
        data: { values: bins },
        mark: { type: 'rect', color: '#a5cbe6', opacity: 0.55 },
        encoding: {
          x: { field: 'low', ...share },
          x2: { field: 'high' },
          y: { field: 'accuracy', ...share },
          y2: { datum: 0 },
        },
      },
      {
        data: { values: [{ from: 0, to: 1 }] },
        mark: { type: 'rule', color: palette.quiet, strokeDash: [4, 4] },
        encoding: {
          x: { field: 'from', type: 'quantitative' },
          x2: { field: 'to' },
          y: { field: 'from', type: 'quantitative' },
          y2: { field: 'to' },
        },
      },
      { data: { values: bins }, ...curve(palette.blue) },
      { data: { values: calibrated }, ...curve(palette.orange) },
    ],
  }
}
