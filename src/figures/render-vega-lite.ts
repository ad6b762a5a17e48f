import type { TopLevelSpec } from 'vega-lite'
import { svgToPng } from './svg-to-png.ts'
import { houseTheme } from './theme.ts'

/** A chart as Vega-Lite's JSON. Its own type is a union too wide to build from parts without casts. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>

export interface Figure {
  readonly svg: string
  /** Twice the SVG's size. */
  readonly png: Uint8Array
}

/**
 * Compiles and draws a Vega-Lite chart in the house theme, without a DOM. The spec's own `config`
 * wins over the theme. Vega is loaded on the first call: it takes longer than all the rest.
 */
export async function renderVegaLite(spec: VegaLiteSpec): Promise<Figure> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')])
  const compiled = vegaLite.compile(spec as unknown as TopLevelSpec, { config: houseTheme })
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none' })
  try {
    await view.runAsync()
    // Vega counts its ids on from drawing to drawing; the same chart must give the same text
    vega.resetSVGDefIds()
    const svg = await view.toSVG()
    return { svg, png: svgToPng(svg) }
  } finally {
    view.finalize()
  }
}
