/** A decoded picture: `channels` interleaved bytes per pixel, rows top to bottom. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly data: Uint8Array
}

/** RGB to grey with PIL's luma, ITU-R 601-2 in 16-bit fixed point. Grey comes back unchanged. */
export function toGrey(image: Raster): Raster {
  if (image.channels === 1) return image
  const { width, height, data: rgb } = image
  const grey = new Uint8Array(width * height)
  for (let i = 0, j = 0; i < grey.length; i++, j += 3) {
    const red = Math.imul(rgb[j]!, 19595)
    const green = Math.imul(rgb[j + 1]!, 38470)
    const blue = Math.imul(rgb[j + 2]!, 7471)
    grey[i] = (red + green + blue + 32768) >> 16
  }
  return { width, height, channels: 1, data: grey }
}

/** Grey to RGB by repeating the value. RGB comes back unchanged. */
export function toRgb(image: Raster): Raster {
  if (image.channels === 3) return image
  const { width, height, data: grey } = image
  const rgb = new Uint8Array(width * height * 3)
  for (let i = 0, j = 0; i < grey.length; i++, j += 3) {
    const value = grey[i]!
    rgb[j] = value
    rgb[j + 1] = value
    rgb[j + 2] = value
  }
  return { width, height, channels: 3, data: rgb }
}

/** Interleaved rows (HWC) to planes (CHW), the layout models take; always a copy. */
export function toPlanes({ width, height, channels, data }: Raster): Uint8Array<ArrayBuffer> {
  if (channels === 1) return new Uint8Array(data)
  const planes = new Uint8Array(data.length)
  const size = width * height
  for (let channel = 0; channel < channels; channel++) {
    const offset = channel * size
    for (let i = 0; i < size; i++) planes[offset + i] = data[i * channels + channel]!
  }
  return planes
}

/** Planes (CHW) to interleaved rows, the layout of pictures. */
export function fromPlanes(
  planes: Uint8Array,
  geometry: { readonly width: number; readonly height: number; readonly channels: 1 | 3 },
): Raster {
  const { width, height, channels } = geometry
  const size = width * height
  const data = new Uint8Array(size * channels)
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < size; i++) data[i * channels + channel] = planes[channel * size + i]!
  }
  return { width, height, channels, data }
}
