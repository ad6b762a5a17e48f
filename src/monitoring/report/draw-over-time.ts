import type { DriftReport } from '../../contracts/index.ts'
import { BLUE, fixed, INK, line, QUIET, shortTime, svg, text } from './drawing-parts.ts'

type Moments = DriftReport['over_time']

const WIDTH = 960
const HEIGHT = 236
/** Room for the names at the ends of the lines. */
const PLOT = 800
const [TOP, BASE] = [14, 186]
const [STRIP, STRIP_HEIGHT] = [194, 14]
/** Of the figures' theme: the page has dark colours for these. */
const LINES = [BLUE, '#d55e00', '#009e73', '#003f66'] as const
const VERDICTS = { ok: '#a5cbe6', watch: '#59636e', drift: '#d55e00', unjudged: undefined } as const
const NAME_HEIGHT = 15

/** Effects of what moved most as lines, and the verdict of every part as a strip below them. */
export function drawOverTime(moments: Moments): string {
  const step = PLOT / moments.length
  const x = (at: number) => (at + 0.5) * step
  const y = (effect: number) => (TOP + BASE) / 2 - (effect * (BASE - TOP)) / 2
  const curves = mostMoved(moments)
  const names = spread(curves.map(({ effects }) => y(effects.at(-1)!)))
  return svg(WIDTH, HEIGHT, [
    ...[-1, 0, 1].map((effect) => line(0, y(effect), PLOT, y(effect), '#e4e8ec')),
    ...curves.flatMap(({ name, effects }, at) => [
      `<path d="${effects.map((effect, part) => `${part === 0 ? 'M' : 'L'}${fixed(x(part))} ${fixed(y(effect))}`).join('')}" fill="none" stroke="${LINES[at]}" stroke-width="2"/>`,
      line(PLOT + 4, names[at]! - 4, PLOT + 14, names[at]! - 4, LINES[at]!, 3),
      text(PLOT + 20, names[at]!, name, INK, 'start'),
    ]),
    ...moments.map(({ verdict }, at) => strip(at * step, step, VERDICTS[verdict])),
    text(0, TOP - 3, 'effect 1', QUIET, 'start'),
    text(0, BASE - 4, '−1', QUIET, 'start'),
    text(PLOT + 20, STRIP + 12, 'verdict', QUIET, 'start'),
    text(0, HEIGHT - 8, shortTime(moments[0]!.start), QUIET, 'start'),
    text(PLOT, HEIGHT - 8, shortTime(moments.at(-1)!.end), QUIET, 'end'),
  ])
}

/** The features, at most as many as there are colours, with their effect in every part. */
function mostMoved(moments: Moments) {
  const names = [...new Set(moments.flatMap(({ effects }) => effects.map(({ name }) => name)))]
  const curves = names.map((name) => {
    const effects = moments.map(
      (moment) => moment.effects.find((effect) => effect.name === name)?.effect ?? 0,
    )
    return { name, effects, most: Math.max(...effects.map(Math.abs)) }
  })
  return curves.sort((a, b) => b.most - a.most).slice(0, LINES.length)
}

/** Places of names beside their lines, moved apart so that each can be read. */
function spread(places: readonly number[]): number[] {
  const moved = [...places]
  let least = TOP + 4
  for (const at of [...places.keys()].sort((a, b) => places[a]! - places[b]!)) {
    moved[at] = Math.max(places[at]! + 4, least)
    least = moved[at]! + NAME_HEIGHT
  }
  return moved
}

function strip(x: number, step: number, colour: string | undefined): string {
  const fill =
    colour === undefined
      ? `fill="none" stroke="${QUIET}" stroke-dasharray="2 2"`
      : `fill="${colour}"`
  return `<rect x="${fixed(x + 1)}" y="${STRIP}" width="${fixed(Math.max(1, step - 2))}" height="${STRIP_HEIGHT}" ${fill}/>`
}
