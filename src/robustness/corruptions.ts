import type { CorruptionName } from '../contracts/index.ts'
import { defocusBlur, glassBlur, motionBlur, zoomBlur } from './blur.ts'
import type { Corruption } from './corruption.ts'
import { brightness, contrast, elasticTransform, pixelate } from './digital.ts'
import { jpegCompression } from './jpeg.ts'
import { gaussianNoise, impulseNoise, shotNoise } from './noise.ts'
import { fog, frost, snow } from './weather.ts'

/**
 * Every corruption, five severities each. Constants are those of CIFAR-10-C (Hendrycks and
 * Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations", 2019)
 * where docs/robustness.md does not say otherwise.
 */
export const corruptions: Readonly<Record<CorruptionName, Corruption>> = {
  gaussian_noise: gaussianNoise,
  shot_noise: shotNoise,
  impulse_noise: impulseNoise,
  defocus_blur: defocusBlur,
  glass_blur: glassBlur,
  motion_blur: motionBlur,
  zoom_blur: zoomBlur,
  snow,
  frost,
  fog,
  brightness,
  contrast,
  elastic_transform: elasticTransform,
  pixelate,
  jpeg_compression: jpegCompression,
}
