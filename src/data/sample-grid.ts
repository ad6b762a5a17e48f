import type { ImageGeometry } from '../contracts/index.ts'
import { palette } from '../figures/index.ts'
import { encodePng } from '../image/index.ts'
import { imageSize, type Split } from './split.ts'

export interface SampleGridOptions {
  readonly title: string
  readonly classes: readonly string[]
  readonly geometry: ImageGeometry
  /** Images per class. */
  readonly columns?: number
}

const COLUMNS = 10
const CELL = 56
const GAP = 6
const MARGIN = 20
const HEADER = 34
const FONT = 13
/** Average width of a DejaVu Sans character, as a share of the font size, on the generous side. */
const CHARACTER = 0.65

/** One row of images per class with its name, the first ones of the split in order, as SVG. */
export async function sampleGridSvg(split: Split, options: SampleGridOptions): Promise<string> {
  const { title, classes, geometry, columns = COLUMNS } = options
  const longest = Math.max(...classes.map((name) => name.length))
  const left = MARGIN + Math.ceil(longest * FONT * CHARACTER) + 10
  const cell = cellSize(geometry)
  const width = Math.max(left + columns * (cell.width + GAP) + MARGIN, 360)
  const height = MARGIN + HEADER + classes.length * (cell.height + GAP) + MARGIN
  const rows = await Promise.all(
    classes.map(async (name, label) => {
      const top = MARGIN + HEADER + label * (cell.height + GAP)
      const indices = firstOfClass(split.labels, label, columns)
      const images = indices.map(async (index, column) => {
        const href = await dataUri(split, index, geometry)
        return `<image x="${left + column * (cell.width + GAP)}" y="${top}" width="${cell.width}" height="${cell.height}" href="${href}"/>`
      })
      return `${rowName(name, left - 12, top + cell.height / 2)}${(await Promise.all(images)).join('')}`
    }),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="${palette.paper}"/>`,
    `<text x="${MARGIN}" y="${MARGIN + 14}" font-size="16" font-weight="bold" fill="${palette.ink}">${escapeXml(title)}</text>`,
    ...rows,
    '</svg>',
  ].join('\n')
}

/** Keeps the images' proportions; the longer side fills the cell. */
function cellSize({ height, width }: ImageGeometry) {
  const scale = CELL / Math.max(height, width)
  return { width: Math.round(width * scale), height: Math.max(18, Math.round(height * scale)) }
}

function rowName(name: string, right: number, middle: number): string {
  return `<text x="${right}" y="${middle + FONT / 3}" font-size="${FONT}" text-anchor="end" fill="${palette.ink}">${escapeXml(name)}</text>`
}

function firstOfClass(labels: Int32Array, label: number, count: number): number[] {
  const indices: number[] = []
  for (let i = 0; i < labels.length && indices.length < count; i++) {
    if (labels[i] === label) indices.push(i)
  }
  return indices
}

async function dataUri(split: Split, index: number, geometry: ImageGeometry): Promise<string> {
  const size = imageSize(geometry)
  const png = await encodePng(split.images.subarray(index * size, (index + 1) * size), geometry)
  return `data:image/png;base64,${png.toString('base64')}`
}

function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
  return text.replace(/[&<>]/g, (character) => entities[character]!)
}
