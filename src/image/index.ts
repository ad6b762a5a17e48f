export type { DecodeLimits } from './decode.ts'
export { encodePng } from './encode.ts'
export { type InputFeatures, inputFeatures, summarizeFeatures } from './input-features.ts'
export {
  createPreprocessing,
  type PixelSpec,
  preprocessImage,
  preprocessingFingerprint,
  preprocessRaster,
} from './preprocessing.ts'
export { type Raster, toPlanes, toRgb } from './raster.ts'
