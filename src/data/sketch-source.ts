import type { SketchDataConfig } from '../contracts/index.ts'
import { toPlanes, toRgb } from '../image/index.ts'
import { createSketchPad, drawSketch } from './sketch-draw.ts'
import { garments } from './sketch-garments.ts'
import type { DataDeps, Source } from './source.ts'
import { allocateImages, imageSize, type Split } from './split.ts'

/** Raise when the drawing changes: the same seed then gives other pictures. */
const DRAWING_VERSION = 1

/** Test images draw from numbers far from those of training, so that neither count moves the other. */
const TEST_OFFSET = 2 ** 31

/** The embedded data set: garments drawn on the spot, no download. */
export const sketchSource: Source<SketchDataConfig> = {
  read: async (config, deps) => ({
    classes: garments.map(({ name }) => name),
    train: drawSplit(config, config.train, 0, deps),
    test: drawSplit(config, config.test, TEST_OFFSET, deps),
  }),
  settings: ({ train, test, seed }) => ({ drawing: DRAWING_VERSION, train, test, seed }),
  inputsDigest: async () => null,
}

function drawSplit(config: SketchDataConfig, count: number, offset: number, deps: DataDeps): Split {
  const { geometry, seed } = config
  const progress = deps.progress.start({ label: 'Drawing', total: count, unit: 'images' })
  const pad = createSketchPad(geometry.width, geometry.height)
  const grey = new Uint8Array(geometry.width * geometry.height)
  const images = allocateImages(count, geometry)
  const labels = Int32Array.from({ length: count }, (_, i) => i % garments.length)
  for (let i = 0; i < count; i++) {
    drawSketch(grey, pad, { seed, index: offset + i, label: labels[i]! })
    const raster = {
      width: geometry.width,
      height: geometry.height,
      channels: 1,
      data: grey,
    } as const
    images.set(geometry.channels === 1 ? grey : toPlanes(toRgb(raster)), i * imageSize(geometry))
    if (i % 500 === 0) progress.update(i)
  }
  progress.finish()
  return { images, labels, size: count }
}
