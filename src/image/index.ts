export { type DecodeLimits, decodeImage } from './decode.ts'
export { encodePng } from './encode.ts'
export { type ImageFormat, sniffImageFormat } from './image-format.ts'
export { type InputFeatures, inputFeatures, summarizeFeatures } from './input-features.ts'
export {
  createPreprocessing,
  type PixelSpec,
  preprocessImage,
  preprocessingFingerprint,
  preprocessRaster,
} from './preprocessing.ts'
export { fromPlanes, type Raster, toGrey, toPlanes, toRgb } from './raster.ts'
export { resizeBilinear } from './resize.ts'
