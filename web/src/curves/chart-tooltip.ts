import type uPlot from 'uplot'
import { formatNumber } from '../shared/format.ts'

const MOST_LINES = 12

/** Beside the pointer: x, and for every line its value nearest to it. */
export function chartTooltip(xText: (x: number) => string): uPlot.Plugin {
  const box = document.createElement('div')
  box.className = 'chart-tooltip'
  box.hidden = true
  return {
    hooks: {
      init: (plot) => {
        plot.over.append(box)
      },
      setCursor: (plot) => {
        const { idx, left } = plot.cursor
        box.hidden = idx == null || left == null || left < 0
        if (box.hidden) return
        box.replaceChildren(...linesAt(plot, idx!, xText))
        const toTheRight = left! < plot.over.clientWidth / 2
        box.style.left = toTheRight ? `${left! + 14}px` : 'auto'
        box.style.right = toTheRight ? 'auto' : `${plot.over.clientWidth - left! + 14}px`
      },
    },
  }
}

function linesAt(plot: uPlot, idx: number, xText: (x: number) => string): HTMLElement[] {
  const found = plot.series.flatMap((series, at) => {
    if (at === 0 || series.label === undefined || series.label === '' || !series.show) return []
    const value = nearest(plot.data[at]!, idx)
    return value === undefined ? [] : [{ label: String(series.label), value, series }]
  })
  found.sort((a, b) => b.value - a.value)
  const head = line(xText(plot.data[0][idx]!))
  head.className = 'chart-tooltip-x'
  const lines = found.slice(0, MOST_LINES).map(({ label, value, series }) => {
    const swatch = document.createElement('i')
    // uPlot has made functions of all strokes
    const stroke = series.stroke as unknown
    swatch.style.background = String(typeof stroke === 'function' ? stroke(plot, 0) : stroke)
    const row = line(label, formatNumber(value))
    row.prepend(swatch)
    return row
  })
  const rest = found.length - lines.length
  return [head, ...lines, ...(rest > 0 ? [line(`and ${rest} more`)] : [])]
}

function line(name: string, value = ''): HTMLElement {
  const row = document.createElement('div')
  const [label, number] = [document.createElement('span'), document.createElement('b')]
  label.textContent = name
  number.textContent = value
  row.append(label, number)
  return row
}

/** Curves have points at different x: the closest one on either side, the left one first. */
function nearest(values: ArrayLike<number | null | undefined>, idx: number): number | undefined {
  for (let distance = 0; distance < values.length; distance++) {
    for (const at of [idx - distance, idx + distance]) {
      const value = values[at]
      if (value !== null && value !== undefined) return value
    }
  }
  return undefined
}
