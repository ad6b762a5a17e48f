export { type Figure, renderVegaLite, type VegaLiteSpec } from './render-vega-lite.ts'
export { type PngOptions, svgToPng } from './svg-to-png.ts'
export { palette, sequentialBlues } from './theme.ts'
