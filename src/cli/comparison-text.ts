import type { ComparedRow, ComparisonPage } from '../evaluation/index.ts'
import type { ComparedRun } from './comparison.ts'
import { lineChart } from './line-chart.ts'
import { formatTable } from './table.ts'

const CHART_ROWS = 10
const MOST_COLUMNS = 72
const SHORTEST_CELL = 8

/** Differences first, then how the runs did, then their curves. `width` bounds cells and charts. */
export function comparisonText(
  page: ComparisonPage,
  runs: readonly ComparedRun[],
  drawn: readonly string[],
  width: number,
): string {
  return [
    runList(page),
    page.config.length === 0
      ? `All ${page.settings} settings are alike.`
      : tableOf(page, 'setting', page.config, width),
    page.surroundings.length === 0
      ? ''
      : tableOf(page, 'code, data, machine', page.surroundings, width),
    page.metrics.length === 0
      ? ''
      : `${tableOf(page, 'metric', page.metrics, width)}${legend(page)}`,
    ...drawn.map((metric) => chartOf(metric, runs, width)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function runList({ runs }: ComparisonPage): string {
  const longest = Math.max(...runs.map(({ id }) => id.length))
  return runs
    .map(({ letter, id, facts }) => `${letter}  ${id.padEnd(longest)}  ${facts}`)
    .join('\n')
}

function legend({ metrics }: ComparisonPage): string {
  return metrics.some(({ best }) => (best?.length ?? 0) > 0) ? '\n* best' : ''
}

function tableOf(
  page: ComparisonPage,
  title: string,
  rows: readonly ComparedRow[],
  width: number,
): string {
  const letters = page.runs.map(({ letter }) => letter)
  const names = Math.max(title.length, ...rows.map(({ name }) => name.length))
  const room = Math.floor((width - names) / letters.length) - 2
  const cut = (text: string) => shortened(text, Math.max(SHORTEST_CELL, room))
  const isMarked = rows.some(({ best }) => (best?.length ?? 0) > 0)
  const mark = (best: readonly number[] | undefined, at: number) =>
    isMarked ? (best?.includes(at) ? '*' : ' ') : ''
  return formatTable(
    [
      { title },
      ...letters.map((letter) => ({
        title: isMarked ? `${letter} ` : letter,
        align: 'right' as const,
      })),
    ],
    rows.map(({ name, cells, best }) => [
      name,
      ...cells.map((text, at) => `${cut(text || '–')}${mark(best, at)}`),
    ]),
  )
}

function shortened(text: string, longest: number): string {
  const letters = [...text]
  return letters.length <= longest ? text : `${letters.slice(0, longest - 1).join('')}…`
}

function chartOf(metric: string, runs: readonly ComparedRun[], width: number): string {
  const lines = runs.flatMap(({ letter, series }) => {
    const one = series.find((candidate) => candidate.metric === metric)
    return one === undefined ? [] : [{ label: letter, xs: one.steps, ys: one.values }]
  })
  const columns = Math.max(20, Math.min(MOST_COLUMNS, width - 10 - lines.length))
  const chart = lineChart(lines, { columns, rows: CHART_ROWS })
  return chart === undefined ? '' : `${metric} by step\n${chart}`
}
