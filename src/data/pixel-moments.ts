import type { ImageGeometry } from '../contracts/index.ts'

export interface PixelMoments {
  readonly mean: number[]
  readonly std: number[]
}

/** Mean and population standard deviation per channel of uint8 [N, C, H, W], scaled to [0, 1]. */
export function pixelMoments(images: Uint8Array, geometry: ImageGeometry): PixelMoments {
  const plane = geometry.height * geometry.width
  const sums = new Array<number>(geometry.channels).fill(0)
  const squares = new Array<number>(geometry.channels).fill(0)
  // Integer sums stay exact below 2^53: about 10^11 pixels.
  for (let start = 0, channel = 0; start < images.length; start += plane) {
    let sum = 0
    let square = 0
    for (let i = start; i < start + plane; i++) {
      const pixel = images[i]!
      sum += pixel
      square += pixel * pixel
    }
    sums[channel] = sums[channel]! + sum
    squares[channel] = squares[channel]! + square
    channel = (channel + 1) % geometry.channels
  }
  const count = images.length / geometry.channels
  const means = sums.map((sum) => (count === 0 ? 0 : sum / count))
  const variances = means.map((mean, i) => (count === 0 ? 0 : squares[i]! / count - mean * mean))
  return {
    mean: means.map((mean) => mean / 255),
    std: variances.map((variance) => Math.sqrt(Math.max(0, variance)) / 255),
  }
}
