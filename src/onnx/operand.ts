import type { ValueType } from '../graph/index.ts'
import { NCHWC_DOMAIN } from './constants.ts'
import type { Emitter } from './emitter.ts'

/**
 * A lowered value: the same numbers in up to four memory layouts, each made when first asked for.
 *
 * - `plain`: row-major, as ONNX has it.
 * - `blocked`: onnxruntime's NCHWc, [N, C/b, H, W, b] behind the shape [N, C, H, W], in which its
 *   convolutions run two to four times as fast. b is the width of a vector register.
 * - `widened`: blocked, with one zero column on both sides: zero padding of the width is what slows
 *   a blocked convolution down.
 * - `batchBlocked`: widened, with images and channels swapped: [C, N/b, H, W + 2, b].
 */
export type Layout = 'plain' | 'blocked' | 'widened' | 'batchBlocked'

/** The pixels of even and odd rows and columns, apart: (0, 0), (0, 1), (1, 0), (1, 1). */
export type Quarters = readonly [string, string, string, string]

/** What a 2x2 max-pooling compared: the quarters, and the maxima of its upper and lower row. */
export interface PoolTrace {
  readonly quarters: Quarters
  readonly top: string
  readonly bottom: string
}

export interface OperandSource {
  readonly type: ValueType
  /** The layout the value is made in; the others cost a conversion. */
  readonly native: Layout
  readonly makers: Partial<Record<Layout, () => string>>
  /** Makes the quarters without the whole, where that is cheaper. */
  readonly makeQuarters?: () => Quarters
  /** For the positions of a max-pooling: what they follow from. */
  readonly pooling?: PoolTrace
}

export class Operand {
  readonly type: ValueType
  readonly native: Layout
  readonly pooling: PoolTrace | undefined
  readonly #source: OperandSource
  readonly #made = new Map<Layout, string>()
  #quarters: Quarters | undefined

  constructor(source: OperandSource) {
    this.type = source.type
    this.native = source.native
    this.pooling = source.pooling
    this.#source = source
  }

  has(layout: Layout): boolean {
    return this.#source.makers[layout] !== undefined
  }

  /** The name of the tensor in a layout that `has` confirms. */
  get(layout: Layout): string {
    const known = this.#made.get(layout)
    if (known !== undefined) return known
    const made = this.#source.makers[layout]!()
    this.#made.set(layout, made)
    return made
  }

  get hasQuarters(): boolean {
    return this.#source.makeQuarters !== undefined
  }

  get quarters(): Quarters {
    this.#quarters ??= this.#source.makeQuarters!()
    return this.#quarters
  }
}

/** A value in row-major layout; image batches whose channels fill blocks can be had blocked. */
export function plainOperand(emitter: Emitter, type: ValueType, name: string): Operand {
  const operand: Operand = new Operand({
    type,
    native: 'plain',
    makers: {
      plain: () => name,
      ...(isBlockable(emitter, type) ? { blocked: () => reorderInput(emitter, name) } : {}),
      ...batchBlockedMaker(emitter, type, () => operand),
    },
  })
  return operand
}

/** A value made in blocked layout, convertible to row-major. `make` runs when it is first needed. */
export function blockedOperand(
  emitter: Emitter,
  type: ValueType,
  make: () => string,
  more: Partial<OperandSource> = {},
): Operand {
  const operand: Operand = new Operand({
    type,
    native: 'blocked',
    ...more,
    makers: {
      blocked: make,
      plain: () =>
        emitter.emit('ReorderOutput', [operand.get('blocked')], {
          domain: NCHWC_DOMAIN,
          attributes: { channels: type.shape[1] as number },
        }),
      ...batchBlockedMaker(emitter, type, () => operand),
      ...more.makers,
    },
  })
  return operand
}

/** Whether a value can be had in blocked layout: a float32 image batch whose channels fill blocks. */
export function isBlockable({ blockSize }: Emitter, { dtype, shape }: ValueType): boolean {
  return (
    blockSize > 1 &&
    dtype === 'float32' &&
    shape.length === 4 &&
    shape.every((size) => typeof size === 'number') &&
    (shape[1] as number) % blockSize === 0
  )
}

function reorderInput(emitter: Emitter, name: string): string {
  return emitter.emit('ReorderInput', [name], { domain: NCHWC_DOMAIN })
}

function batchBlockedMaker(emitter: Emitter, type: ValueType, self: () => Operand) {
  const [batch] = type.shape as readonly number[]
  if (!isBlockable(emitter, type) || batch! % emitter.blockSize !== 0) return {}
  return {
    batchBlocked: () => {
      const swapped = emitter.emit('Transpose', [self().get('plain')], {
        attributes: { perm: [1, 0, 2, 3] },
      })
      return reorderInput(
        emitter,
        emitter.emit('Pad', [swapped, emitter.ints([0, 0, 0, 1, 0, 0, 0, 1])]),
      )
    },
  }
}
