import { createRandom } from '../../core/index.ts'
import { createSketchPad, drawSketch } from '../../data/index.ts'
import { encodePng } from '../../image/index.ts'
import type { UploadImage } from '../../loadtest/index.ts'
import type { CommandContext } from '../context.ts'
import { imageSources } from '../image-sources.ts'

const GEOMETRY = { height: 28, width: 28, channels: 1 } as const
const DRAWN = 48
const NOISE = 16
/** Kinds of garments that can be drawn. */
const KINDS = 10

/** The images below a folder, or drawn garments and some noise, the same for the same seed. */
export async function loadImages(
  context: CommandContext,
  folder: string | undefined,
  seed: number,
): Promise<UploadImage[]> {
  if (folder !== undefined) {
    const sources = await imageSources([folder], context)
    return Promise.all(sources.map(async ({ name, read }) => ({ name, bytes: await read() })))
  }
  const pad = createSketchPad(GEOMETRY.width, GEOMETRY.height)
  return Promise.all(
    Array.from({ length: DRAWN + NOISE }, async (_, index) => {
      const pixels = new Uint8Array(GEOMETRY.height * GEOMETRY.width)
      const random = createRandom(seed, 'load', index + 1)
      if (index >= DRAWN) pixels.set(pixels.map(() => random.integer(256)))
      else drawSketch(pixels, pad, { seed, index, label: index % KINDS })
      const kind = index < DRAWN ? 'garment' : 'noise'
      return { name: `${kind}-${index}.png`, bytes: await encodePng(pixels, GEOMETRY) }
    }),
  )
}
