import { PIXEL_SUMS } from './generated/pixel-sums.ts'

/** What the 3×3 filters make of an image, over all pixels that have eight neighbours. */
export interface EdgeSums {
  /** Of the Laplacian of the four nearest neighbours. */
  readonly sum: number
  readonly squares: number
  /** Pixels whose Sobel gradient is longer than 255. */
  readonly edges: number
}

/** Of levels 0 to 255. */
export interface LevelSums {
  readonly sum: number
  readonly squares: number
  /** Pixels above level 25. */
  readonly bright: number
}

/** Whole numbers of one grey image at a time, uint8 [height, width], put into `plane` first. */
export interface PixelSums {
  /** Room for an image of so many pixels, until the next call. */
  plane(size: number): Uint8Array
  /** [256]: how often each level occurs among the first `size` pixels; valid until the next call. */
  countLevels(size: number): Int32Array
  /** Of the first `size` pixels. */
  sumLevels(size: number): LevelSums
  /** Of an image of at least 3×3. */
  sumEdges(width: number, height: number): EdgeSums
}

interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** Node has it; its types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Kernels {
  readonly memory: Memory
  countLevels(size: number): void
  sumLevels(size: number): void
  sumEdges(width: number, height: number): void
}

// places in the memory, as pixel-sums.wat lists them
const SUMS = 0
const COUNTS = 32
const LEVELS = 128
const PIXELS = 4096
/** Bytes that may be read past the end of an image. */
const PADDING = 16
/** WebAssembly's unit of memory. */
const PAGE = 65_536

/** In WebAssembly, as eight pixels at once are beyond JavaScript: a third of the time. */
export function openPixelSums(): PixelSums {
  const code = new WebAssembly.Module(Buffer.from(PIXEL_SUMS, 'base64'))
  const kernels = new WebAssembly.Instance(code).exports as Kernels
  let views = viewsOf(kernels.memory)
  return {
    plane(size) {
      const missing = PIXELS + size + PADDING - kernels.memory.buffer.byteLength
      if (missing > 0) {
        kernels.memory.grow(Math.ceil(missing / PAGE))
        views = viewsOf(kernels.memory)
      }
      return views.pixels
    },
    countLevels(size) {
      kernels.countLevels(size)
      return views.levels
    },
    sumLevels(size) {
      kernels.sumLevels(size)
      const { sums, counts } = views
      return { sum: sums[2]!, squares: sums[3]!, bright: counts[1]! }
    },
    sumEdges(width, height) {
      kernels.sumEdges(width, height)
      const { sums, counts } = views
      return { sum: sums[0]!, squares: sums[1]!, edges: counts[0]! }
    },
  }
}

function viewsOf({ buffer }: Memory) {
  return {
    sums: new Float64Array(buffer, SUMS, 4),
    counts: new Int32Array(buffer, COUNTS, 2),
    levels: new Int32Array(buffer, LEVELS, 256),
    pixels: new Uint8Array(buffer, PIXELS),
  }
}
