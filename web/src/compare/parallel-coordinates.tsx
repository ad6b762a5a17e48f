import { useState } from 'react'
import type { UiComparison } from '../../../src/contracts/index.ts'
import { PALETTE } from '../curves/palette.ts'
import { shortName } from '../shared/format.ts'
import type { ParallelAxis } from './parallel-axes.ts'

const WIDTH = 1100
const HEIGHT = 320
const SIDE = 90
const TOP = 44
const BOTTOM = 20

interface ParallelCoordinatesProps {
  readonly comparison: UiComparison
  readonly axes: readonly ParallelAxis[]
}

export function ParallelCoordinates({ comparison, axes }: ParallelCoordinatesProps) {
  const [lit, setLit] = useState<number | null>(null)
  const x = (at: number) => SIDE + (at * (WIDTH - 2 * SIDE)) / (axes.length - 1)
  const y = (place: number) => HEIGHT - BOTTOM - place * (HEIGHT - TOP - BOTTOM)
  return (
    <div className={`panel parallel${lit === null ? '' : ' some'}`}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={describe(axes)}>
        {axes.map((axis, at) => (
          <g key={axis.key}>
            <line className="axis" x1={x(at)} x2={x(at)} y1={y(0)} y2={y(1)} />
            <text className="axis-name" x={x(at)} y={TOP - 22} textAnchor="middle">
              {shortKey(axis.key)}
              <title>{axis.key}</title>
            </text>
          </g>
        ))}
        {comparison.runs.map(({ id }, run) => (
          <path
            key={id}
            className={`stroke-${run % PALETTE}${lit === run ? ' lit' : ''}`}
            d={pathOf(axes, run, x, y)}
            onPointerEnter={() => setLit(run)}
            onPointerLeave={() => setLit(null)}
          >
            <title>{shortName(id)}</title>
          </path>
        ))}
        {axes.map((axis, at) => (
          <g key={axis.key} className="ticks">
            {axis.ticks.map(({ text, at: place }) => (
              <text
                key={text}
                x={x(at) + (at === axes.length - 1 ? 8 : -8)}
                y={y(place) + 4}
                textAnchor={at === axes.length - 1 ? 'start' : 'end'}
              >
                {text}
              </text>
            ))}
          </g>
        ))}
      </svg>
    </div>
  )
}

/** A run without a value on an axis has a line with a hole there. */
function pathOf(
  axes: readonly ParallelAxis[],
  run: number,
  x: (at: number) => number,
  y: (place: number) => number,
): string {
  let pen = 'M'
  return axes
    .map(({ places }, at) => {
      const place = places[run] ?? null
      if (place === null) {
        pen = 'M'
        return ''
      }
      const step = `${pen}${x(at).toFixed(1)} ${y(place).toFixed(1)}`
      pen = 'L'
      return step
    })
    .join(' ')
}

function shortKey(key: string): string {
  return /^(?:val|train|test)\./.test(key) ? key : key.split('.').at(-1)!
}

function describe(axes: readonly ParallelAxis[]): string {
  return `Runs as lines through ${axes.map(({ key }) => key).join(', ')}`
}
