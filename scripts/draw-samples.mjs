/**
 * Draws the ten pictures that the Try page offers, `web/public/samples/*.png`: the embedded data
 * set's garments, the first of each class under a seed of their own, so that no model was trained
 * on them. Run it after `npm run build` when the drawing changes.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createSketchPad, drawSketch } from '../dist/data/sketch-draw.js'
import { garments } from '../dist/data/sketch-garments.js'
import { encodePng } from '../dist/image/index.js'

const SEED = 1018
const geometry = { width: 28, height: 28, channels: 1 }
const folder = resolve(import.meta.dirname, '../web/public/samples')

mkdirSync(folder, { recursive: true })
const pad = createSketchPad(geometry.width, geometry.height)
for (const [label, { name }] of garments.entries()) {
  const pixels = new Uint8Array(geometry.width * geometry.height)
  drawSketch(pixels, pad, { seed: SEED, index: label, label })
  const file = `${name.toLowerCase().replaceAll(' ', '-')}.png`
  writeFileSync(resolve(folder, file), await encodePng(pixels, geometry))
}
