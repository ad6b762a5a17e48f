import type { ImageGeometry } from '../contracts/index.ts'
import { fromPlanes } from './raster.ts'

/** One image, uint8 [C, H, W], as a PNG file. */
export async function encodePng(pixels: Uint8Array, geometry: ImageGeometry): Promise<Buffer> {
  const { width, height, channels, data } = fromPlanes(pixels, geometry)
  const { default: sharp } = await import('sharp')
  const encoder = sharp(data, { raw: { width, height, channels } })
  return (channels === 1 ? encoder.toColourspace('b-w') : encoder).png().toBuffer()
}
