import { type CorruptionName, type ImageGeometry, severities } from '../contracts/index.ts'
import { encodePng } from '../image/index.ts'
import type { Strips } from './robustness-page.ts'

/** Collects the first image of each set and lays them side by side. */
export function stripCollector(clean: Uint8Array, geometry: ImageGeometry) {
  const { channels, height, width } = geometry
  const size = channels * height * width
  const pictures = new Map<CorruptionName, Uint8Array[]>()
  return {
    add: (name: CorruptionName, images: Uint8Array) => {
      pictures.set(name, [...(pictures.get(name) ?? []), images.slice(0, size)])
    },
    /** PNGs of one image's height. */
    encode: async (): Promise<Strips> => {
      const strips: Partial<Record<CorruptionName, Uint8Array>> = {}
      for (const [name, corrupted] of pictures) {
        const row = sideBySide([clean.subarray(0, size), ...corrupted], geometry)
        strips[name] = await encodePng(row, { ...geometry, width: (1 + severities.length) * width })
      }
      return strips as Strips
    },
  }
}

function sideBySide(
  images: readonly Uint8Array[],
  { channels, height, width }: ImageGeometry,
): Uint8Array {
  const row = new Uint8Array(images.length * channels * height * width)
  let to = 0
  for (let line = 0; line < channels * height; line++) {
    for (const image of images) {
      row.set(image.subarray(line * width, (line + 1) * width), to)
      to += width
    }
  }
  return row
}
