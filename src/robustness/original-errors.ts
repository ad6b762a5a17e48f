/**
 * Written by scripts/robustness-reference.mjs, not by hand.
 *
 * - `atelier train recipe=original seed=42`: 5 epochs, 421642 parameters
 * - fashion-mnist, test split, 10000 images, data ec2419cabee8b292a8a497251692a57f7478fc32e9adf42b500ae835c46ed654
 * - atelier 0.1.0, onnxruntime-node 1.30.0, Node 20.20.2, Intel(R) Xeon(R) Processor, 2026-11-25
 */
import type { ErrorTable } from '../contracts/index.ts'

/** Error rates of the Python original's model, and what they were measured on. */
export const originalErrors: {
  readonly name: string
  readonly weight_digest: string
  /** Of the clean pixels. */
  readonly clean_sha256: string
  /** Of the corruptions. */
  readonly seed: number
  readonly errors: ErrorTable
} = {
  name: 'the original’s CNN',
  weight_digest: '7768535dffc9077abf742af144ae8f7b6fad72a7beb41d8b7f86ccd950b277a9',
  clean_sha256: 'c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a',
  seed: 0,
  errors: {
    clean: 0.0907,
    corrupted: {
      gaussian_noise: [0.0946, 0.1009, 0.1099, 0.1148, 0.1211],
      shot_noise: [0.0903, 0.0951, 0.0999, 0.1014, 0.106],
      impulse_noise: [0.1034, 0.1226, 0.1448, 0.2066, 0.2833],
      defocus_blur: [0.0922, 0.0999, 0.1167, 0.1338, 0.1751],
      glass_blur: [0.0997, 0.1202, 0.1851, 0.3274, 0.452],
      motion_blur: [0.1094, 0.1369, 0.1732, 0.1732, 0.2145],
      zoom_blur: [0.1012, 0.119, 0.1438, 0.1647, 0.1816],
      snow: [0.1181, 0.1554, 0.2126, 0.2918, 0.4276],
      frost: [0.0969, 0.1139, 0.1494, 0.152, 0.1903],
      fog: [0.0937, 0.1266, 0.1707, 0.2296, 0.3691],
      brightness: [0.0929, 0.0941, 0.1062, 0.1263, 0.1647],
      contrast: [0.0947, 0.1223, 0.1477, 0.1931, 0.4463],
      elastic_transform: [0.1226, 0.1389, 0.1532, 0.1738, 0.2043],
      pixelate: [0.1178, 0.1249, 0.1241, 0.1324, 0.2029],
      jpeg_compression: [0.0898, 0.0925, 0.0926, 0.0942, 0.0957],
    },
  },
}
