/** Of the figures' theme: the page has dark colours for these. */
export const BLUE = '#0072b2'
export const ORANGE = '#d55e00'
export const INK = '#1f2328'
export const QUIET = '#59636e'
export const GRID = '#e4e8ec'

export const shortTime = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`

export function svg(width: number, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-size="12">${parts.join('')}</svg>`
}

export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  colour: string,
  width = 1,
): string {
  return `<line x1="${x1}" y1="${fixed(y1)}" x2="${x2}" y2="${fixed(y2)}" stroke="${colour}" stroke-width="${width}"/>`
}

export function text(
  x: number,
  y: number,
  content: string,
  colour: string,
  anchor: 'start' | 'middle' | 'end',
): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" fill="${colour}" text-anchor="${anchor}">${escaped(content)}</text>`
}

const escaped = (content: string) =>
  content.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)

export const fixed = (value: number) => String(Math.round(value * 100) / 100)
