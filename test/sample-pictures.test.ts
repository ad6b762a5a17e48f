/** The pictures that the Try page offers are the embedded data set's own drawings. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createSketchPad, drawSketch } from '../src/data/sketch-draw.ts'
import { garments } from '../src/data/sketch-garments.ts'
import { SAMPLES } from '../web/src/try/samples.ts'

const root = resolve(import.meta.dirname, '..')
const script = readFileSync(join(root, 'scripts/draw-samples.mjs'), 'utf8')
const seed = Number(/SEED = (\d+)/.exec(script)![1])

describe('sample pictures', () => {
  it('are one of each garment', () => {
    expect(SAMPLES.map(({ label }) => label)).toEqual(garments.map(({ name }) => name))
  })

  it.each(SAMPLES)('$label is what scripts/draw-samples.mjs draws', async ({ file, label }) => {
    const bytes = readFileSync(join(root, 'web/public', file))
    expect(bytes.length).toBeLessThan(1024)
    const { data } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true })
    const drawn = new Uint8Array(28 * 28)
    const at = garments.findIndex(({ name }) => name === label)
    drawSketch(drawn, createSketchPad(28, 28), { seed, index: at, label: at })
    expect(Buffer.compare(data, drawn)).toBe(0)
  })
})
