import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'
import { palette } from './theme.ts'

export interface PngOptions {
  /** Width in pixels; the height follows. Default: twice the SVG's own width. */
  readonly width?: number
  /** A CSS colour behind the drawing. Default: the theme's paper. */
  readonly background?: string
}

const DEFAULT_ZOOM = 2
const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']

/**
 * Draws an SVG as PNG bytes. Only the packaged DejaVu fonts are used: slim machines have none, and
 * the same SVG must give the same bytes everywhere.
 */
export function svgToPng(svg: string, options: PngOptions = {}): Uint8Array {
  const resvg = new Resvg(svg, {
    background: options.background ?? palette.paper,
    fitTo:
      options.width === undefined
        ? { mode: 'zoom', value: DEFAULT_ZOOM }
        : { mode: 'width', value: options.width },
    font: { loadSystemFonts: false, fontFiles: fontFiles(), defaultFontFamily: 'DejaVu Sans' },
  })
  return resvg.render().asPng()
}

function fontFiles(): string[] {
  const { resolve } = createRequire(import.meta.url)
  return FONTS.map((file) => resolve(`dejavu-fonts-ttf/ttf/${file}`))
}
