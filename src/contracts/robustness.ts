import { z } from 'zod'

/** The corruptions of CIFAR-10-C, in its order: noise, blur, weather, digital. */
export const corruptionNames = [
  'gaussian_noise',
  'shot_noise',
  'impulse_noise',
  'defocus_blur',
  'glass_blur',
  'motion_blur',
  'zoom_blur',
  'snow',
  'frost',
  'fog',
  'brightness',
  'contrast',
  'elastic_transform',
  'pixelate',
  'jpeg_compression',
] as const
export const corruptionNameSchema = z.enum(corruptionNames)
export type CorruptionName = z.infer<typeof corruptionNameSchema>

/** From barely seen to severe. */
export const severities = [1, 2, 3, 4, 5] as const
export type Severity = (typeof severities)[number]
