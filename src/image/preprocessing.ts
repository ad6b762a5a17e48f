import type { ImageGeometry, Preprocessing } from '../contracts/index.ts'
import { digestOf } from '../core/index.ts'
import { decodeImage } from './decode.ts'
import type { DecodeLimits } from './decode-limits.ts'
import { decodePngSync } from './decode-png.ts'
import { type Raster, toGrey, toPlanes, toRgb } from './raster.ts'
import { resizeBilinear } from './resize.ts'

/** The one spec of how pictures become model input. `normalization` is per channel, pixels in [0, 1]. */
export function createPreprocessing(
  geometry: ImageGeometry,
  normalization: { readonly mean: readonly number[]; readonly std: readonly number[] },
): Preprocessing {
  return {
    version: 1,
    geometry: { ...geometry },
    orientation: 'apply',
    color: geometry.channels === 1 ? 'grey' : 'rgb',
    resize: 'bilinear-antialias',
    normalization: { mean: [...normalization.mean], std: [...normalization.std] },
  }
}

/** SHA-256 of the spec: equal fingerprints mean equal pixels for equal files. */
export function preprocessingFingerprint(preprocessing: Preprocessing): string {
  return digestOf(preprocessing)
}

/** What decides the pixels. Normalization is not part of it: it happens inside the model. */
export type PixelSpec = Pick<Preprocessing, 'geometry' | 'color'>

/**
 * An encoded picture (PNG, JPEG, WebP, GIF, TIFF) as uint8 [C, H, W].
 * Throws IMAGE_UNREADABLE or IMAGE_TOO_LARGE, naming `limits.name`.
 */
export async function preprocessImage(
  bytes: Uint8Array,
  spec: PixelSpec,
  limits: DecodeLimits = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return preprocessRaster(await decodeImage(bytes, limits), spec)
}

/**
 * The same at once, for the plain small PNGs that `decodePngSync` reads: tens of microseconds, which
 * a server may spend on its event loop. undefined for all else. Throws IMAGE_TOO_LARGE.
 */
export function preprocessSync(
  bytes: Uint8Array,
  spec: PixelSpec,
  limits: DecodeLimits = {},
): Uint8Array<ArrayBuffer> | undefined {
  const image = decodePngSync(bytes, limits)
  return image && preprocessRaster(image, spec)
}

/** The same for pixels that are already decoded. Colour first, then resize: the order is the spec. */
export function preprocessRaster(image: Raster, spec: PixelSpec): Uint8Array<ArrayBuffer> {
  const colored = spec.color === 'grey' ? toGrey(image) : toRgb(image)
  return toPlanes(resizeBilinear(colored, spec.geometry.width, spec.geometry.height))
}
