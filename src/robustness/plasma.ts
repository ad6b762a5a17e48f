import type { Random } from '../core/index.ts'

/**
 * Clouds in [0, 1] by midpoint displacement: [size, size] for a power of two, and seamless, so that
 * it can be repeated. The detail of each next scale is weaker by `decay` squared.
 */
export function plasma(size: number, decay: number, random: Random): Float32Array<ArrayBuffer> {
  const field = new Float32Array(size * size)
  const heightAt = (y: number, x: number) => field[(y & (size - 1)) * size + (x & (size - 1))]!
  let amplitude = 1
  const set = (y: number, x: number, neighbours: number) => {
    field[y * size + x] = neighbours / 4 + amplitude * (2 * random.uniform() - 1)
  }
  for (let step = size; step >= 2; step /= 2) {
    const half = step / 2
    for (let y = half; y < size; y += step) {
      for (let x = half; x < size; x += step) {
        const above = heightAt(y - half, x - half) + heightAt(y - half, x + half)
        set(y, x, above + heightAt(y + half, x - half) + heightAt(y + half, x + half))
      }
    }
    for (let y = 0; y < size; y += half) {
      for (let x = (y / half) % 2 === 0 ? half : 0; x < size; x += step) {
        const beside = heightAt(y, x - half) + heightAt(y, x + half)
        set(y, x, beside + heightAt(y - half, x) + heightAt(y + half, x))
      }
    }
    amplitude /= decay ** 2
  }
  return stretched(field)
}

/** From 0 at the lowest to 1 at the highest; all 0 when there is no difference. */
function stretched(field: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  let [low, high] = [Infinity, -Infinity]
  for (const value of field) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return field.map((value) => (value - low) / (high - low || 1))
}

/** The smallest power of two that covers an image of this size. */
export function powerOfTwo(height: number, width: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(height, width)))
}
