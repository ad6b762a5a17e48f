import { createRandom, type Random } from '../core/index.ts'
import { plasma } from './plasma.ts'

/** Texels along each side; the texture repeats seamlessly. */
export const FROST_TEXELS = 256

const NEEDLES = 260
const LENGTH = { least: 14, most: 46 }
/** Texels between two pairs of side branches, and the branches' longest length as a share of the needle's. */
const BRANCH_EVERY = 3
const BRANCH_SHARE = 0.34
const BRANCH_ANGLE = Math.PI / 3
const HAZE = { darkest: 0.22, spread: 0.4, decay: 1.5 }

/**
 * Ice as it grows on a window, in [0, 1]: needles with side branches at 60° over an uneven haze. It is
 * the same picture always, drawn here because there is no photo of one in the package.
 */
export function frostTexture(): Float32Array<ArrayBuffer> {
  const random = createRandom(0, 'corruption')
  const haze = plasma(FROST_TEXELS, HAZE.decay, random)
  const ice = new Float32Array(haze.length)
  for (let needle = 0; needle < NEEDLES; needle++) growNeedle(ice, random)
  return haze.map((cloud, i) => {
    const base = HAZE.darkest + HAZE.spread * cloud
    return base + (1 - base) * (1 - Math.exp(-ice[i]!))
  })
}

function growNeedle(ice: Float32Array, random: Random): void {
  const [y, x] = [random.uniform() * FROST_TEXELS, random.uniform() * FROST_TEXELS]
  const angle = 2 * Math.PI * random.uniform()
  const length = LENGTH.least + (LENGTH.most - LENGTH.least) * random.uniform()
  const brightness = 0.5 + 0.9 * random.uniform()
  drawLine(ice, { y, x, angle, length, brightness })
  for (let along = BRANCH_EVERY; along < length; along += BRANCH_EVERY) {
    const from = { y: y + along * Math.sin(angle), x: x + along * Math.cos(angle) }
    // short again towards the tip: a needle is a leaf
    const longest = BRANCH_SHARE * length * (1 - along / length)
    for (const side of [-1, 1]) {
      const branch = { angle: angle + side * BRANCH_ANGLE, brightness: 0.6 * brightness }
      drawLine(ice, { ...from, ...branch, length: longest * (0.5 + 0.5 * random.uniform()) })
    }
  }
}

interface Line {
  readonly y: number
  readonly x: number
  readonly angle: number
  readonly length: number
  readonly brightness: number
}

/** Fades towards its end; each point is shared by the four texels around it. */
function drawLine(ice: Float32Array, { y, x, angle, length, brightness }: Line): void {
  const step = 0.5
  for (let along = 0; along < length; along += step) {
    const light = step * brightness * (1 - 0.7 * (along / length))
    const [row, column] = [y + along * Math.sin(angle), x + along * Math.cos(angle)]
    const [top, left] = [Math.floor(row), Math.floor(column)]
    const [fy, fx] = [row - top, column - left]
    addTexel(ice, top, left, light * (1 - fy) * (1 - fx))
    addTexel(ice, top, left + 1, light * (1 - fy) * fx)
    addTexel(ice, top + 1, left, light * fy * (1 - fx))
    addTexel(ice, top + 1, left + 1, light * fy * fx)
  }
}

function addTexel(ice: Float32Array, y: number, x: number, light: number): void {
  const last = FROST_TEXELS - 1
  ice[(y & last) * FROST_TEXELS + (x & last)]! += light
}
