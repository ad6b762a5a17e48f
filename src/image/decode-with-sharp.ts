import sharp from 'sharp'
import type { ImageFormat } from './image-format.ts'
import type { Raster } from './raster.ts'

/** Any of the formats as RGB, in a thread of libuv. Throws sharp's own errors. */
export async function decodeWithSharp(
  bytes: Uint8Array,
  format: ImageFormat,
  maxPixels: number,
): Promise<Raster> {
  // PIL ignores colour profiles; sharp would convert to sRGB. Truncated pixel data is an error.
  const image = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', ignoreIcc: true })
  // Only these can hold inks, and asking takes as long as decoding a small picture.
  const asks = format === 'jpeg' || format === 'tiff'
  const inks = asks && (await image.metadata()).space === 'cmyk'
  const upright = image.autoOrient()
  const pixels = inks
    ? upright.pipelineColourspace('cmyk').toColourspace('cmyk')
    : upright.removeAlpha()
  const { data, info } = await pixels.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  const { width, height } = info
  return { width, height, channels: 3, data: inks ? inksToRgb(data, info.channels) : data }
}

/** PIL's CMYK to RGB: each ink times the light that black leaves, divided by 255 with rounding. */
function inksToRgb(inks: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((inks.length / channels) * 3)
  for (let from = 0, to = 0; from < inks.length; from += channels, to += 3) {
    const light = 255 - inks[from + 3]!
    for (let ink = 0; ink < 3; ink++) {
      const product = inks[from + ink]! * light + 128
      rgb[to + ink] = light - ((product + (product >> 8)) >> 8)
    }
  }
  return rgb
}
