export type { DecodeLimits } from './decode-limits.ts'
export { decodePngSync } from './decode-png.ts'
export { encodePng } from './encode.ts'
export { type ImageFormat, sniffImageFormat } from './image-format.ts'
export { type InputFeatures, inputFeatures, summarizeFeatures } from './input-features.ts'
export { describePixels, type PixelFeatures, pixelFeatureNames } from './pixel-features.ts'
export {
  createPreprocessing,
  type PixelSpec,
  preprocessImage,
  preprocessingFingerprint,
  preprocessRaster,
  preprocessSync,
} from './preprocessing.ts'
export { type Raster, toPlanes, toRgb } from './raster.ts'
