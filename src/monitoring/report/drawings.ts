import type { DriftReport } from '../../contracts/index.ts'
import {
  BLUE,
  fixed,
  GRID,
  INK,
  line,
  ORANGE,
  QUIET,
  shortTime,
  svg,
  text,
} from './drawing-parts.ts'
import { digits, percent, whole } from './page-text.ts'

const WIDTH = 460
const HEIGHT = 170
const BASE = 145

/** Both sides as steps over one axis. */
export function drawDistribution(distribution: DriftReport['distributions'][number]): string {
  const { edges, reference, current } = distribution
  const top = Math.max(...reference, ...current)
  const x = (at: number) => (at / reference.length) * WIDTH
  const y = (share: number) => BASE - (share / top) * (BASE - 20)
  const steps = (shares: readonly number[]) => {
    const points = shares.map(
      (share, at) => `H${fixed(x(at))}V${fixed(y(share))}H${fixed(x(at + 1))}`,
    )
    return `M0 ${BASE}${points.join('')}V${BASE}Z`
  }
  const [low, high] = [edges[0]!, edges.at(-1)!]
  return svg(WIDTH, HEIGHT, [
    shape(steps(reference), BLUE),
    shape(steps(current), ORANGE),
    line(0, BASE, WIDTH, BASE, QUIET),
    ...[low, (low + high) / 2, high].map((value, at) =>
      text((at * WIDTH) / 2, HEIGHT - 8, digits(value), QUIET, ANCHORS[at]!),
    ),
    text(WIDTH, 10, `highest bar ${percent(top)}`, QUIET, 'end'),
  ])
}

const ANCHORS = ['start', 'middle', 'end'] as const

const NAME_WIDTH = 170
const ROW = 34

/** Two bars for each class. */
export function drawClassMix(classes: DriftReport['classes']): string {
  const width = 960
  const most = Math.max(...classes.flatMap(({ reference, current }) => [reference, current]))
  const length = (share: number) => (share / most) * (width - NAME_WIDTH - 70)
  const rows = classes.flatMap(({ name, reference, current }, at) => {
    const top = at * ROW + 4
    const bar = (share: number, y: number, colour: string) =>
      `<rect x="${NAME_WIDTH}" y="${y}" width="${fixed(length(share))}" height="11" fill="${colour}"/>`
    const label = (share: number, y: number) =>
      text(NAME_WIDTH + length(share) + 6, y + 10, percent(share), QUIET, 'start')
    return [
      text(NAME_WIDTH - 10, top + 16, name, INK, 'end'),
      bar(reference, top, BLUE),
      label(reference, top),
      bar(current, top + 13, ORANGE),
      label(current, top + 13),
    ]
  })
  return svg(width, classes.length * ROW + 4, rows)
}

/** Bars of rows, and the mean confidence as a line over them. */
export function drawVolume(volume: DriftReport['volume']): string {
  const width = 960
  const most = Math.max(...volume.map(({ rows }) => rows))
  const step = width / volume.length
  const y = (share: number) => BASE - share * (BASE - 20)
  const bars = volume.map(
    ({ rows }, at) =>
      `<rect x="${fixed(at * step + 1)}" y="${fixed(y(rows / most))}" width="${fixed(step - 2)}" height="${fixed(BASE - y(rows / most))}" fill="${BLUE}" fill-opacity="0.45"/>`,
  )
  return svg(width, HEIGHT, [
    line(0, y(1), width, y(1), GRID),
    ...bars,
    `<path d="${confidencePath(volume, step, y)}" fill="none" stroke="${ORANGE}" stroke-width="2"/>`,
    line(0, BASE, width, BASE, QUIET),
    text(0, HEIGHT - 8, shortTime(volume[0]!.start), QUIET, 'start'),
    text(width, HEIGHT - 8, shortTime(volume.at(-1)!.start), QUIET, 'end'),
    text(0, 11, `most in a bar: ${whole(most)}`, QUIET, 'start'),
    text(width, 11, 'confidence 100 %', QUIET, 'end'),
  ])
}

/** Broken where nothing was predicted. */
function confidencePath(
  volume: DriftReport['volume'],
  step: number,
  y: (share: number) => number,
): string {
  let isDrawn = false
  return volume
    .map(({ confidence }, at) => {
      if (confidence === null) {
        isDrawn = false
        return ''
      }
      // a span without neighbours is still a short dash
      const start = `${isDrawn ? 'L' : 'M'}${fixed((at + 0.3) * step)} ${fixed(y(confidence))}`
      isDrawn = true
      return `${start}L${fixed((at + 0.7) * step)} ${fixed(y(confidence))}`
    })
    .join('')
}

function shape(path: string, colour: string): string {
  return `<path d="${path}" fill="${colour}" fill-opacity="0.22" stroke="${colour}" stroke-width="1.6"/>`
}
