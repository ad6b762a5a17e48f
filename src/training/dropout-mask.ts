import { createRandom } from '../core/index.ts'

/**
 * Writes 1 with probability `keep` and 0 otherwise, resolved to 1/65536. The draws are a function of
 * (seed, step, mask, position): a key from the Philox stream, then an integer mixer of full avalanche
 * per pair of elements ("lowbias32", C. Wellons' hash prospector), fast enough for every activation.
 */
export function fillMask(
  mask: Uint8Array,
  keep: number,
  seed: number,
  step: number,
  index: number,
): void {
  const random = createRandom(seed, 'dropout', step)
  for (let i = 0; i < 2 * index; i++) random.uint32()
  const [key, offset] = [random.uint32(), random.uint32()]
  const threshold = Math.round(keep * 65536)
  for (let i = 0; i < mask.length; i += 2) {
    let x = (i + offset) ^ key
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
    x ^= x >>> 16
    mask[i] = (x & 0xffff) < threshold ? 1 : 0
    mask[i + 1] = x >>> 16 < threshold ? 1 : 0
  }
}
