import { tensor } from '../tensor/index.ts'
import { DATA_TYPE, NCHWC_DOMAIN, STEP_FUNCTION } from './constants.ts'
import type { Emitter } from './emitter.ts'
import type { BlockedRule } from './lowering-rule.ts'
import { blockedOperand, isBlockable, Operand, type PoolTrace, type Quarters } from './operand.ts'

type ImageShape = readonly [batch: number, channels: number, height: number, width: number]

/** Positions are added up as float32, which counts exactly to here. */
const LARGEST_POSITION = 2 ** 24

/**
 * 2x2 max-pooling as the maximum of the four quarters. Where its gradient is wanted, comparing the
 * quarters tells where the maximum stood, which is cheaper than a pooling that reports positions.
 */
export const lowerMaxPool: BlockedRule<'maxPool2d'> = ({
  emitter,
  operands,
  attributes,
  outputs,
  used,
}) => {
  const x = operands[0]!
  const { kernel, stride, padding } = attributes
  const [batch, channels, height, width] = x.type.shape as ImageShape
  const applies =
    isBlockable(emitter, x.type) &&
    x.native === 'blocked' &&
    [...kernel, ...stride].every((value) => value === 2) &&
    padding.every((amount) => amount === 0) &&
    height % 2 === 0 &&
    width % 2 === 0 &&
    batch * channels * height * (width + 2) <= LARGEST_POSITION
  if (!applies) return undefined
  if (!used[1]) {
    const make = () =>
      emitter.emit('MaxPool', [x.get('blocked')], {
        domain: NCHWC_DOMAIN,
        attributes: { kernel_shape: kernel, strides: stride },
      })
    return [blockedOperand(emitter, outputs[0]!, make)]
  }
  const quarters = x.hasQuarters ? x.quarters : copyQuarters(emitter, x)
  const top = emitter.emit('Max', [quarters[0], quarters[1]])
  const bottom = emitter.emit('Max', [quarters[2], quarters[3]])
  const pooled = emitter.emit('Max', [top, bottom])
  const positions = new Operand({
    type: outputs[1]!,
    native: 'plain',
    makers: {
      plain: () =>
        emitter.emitAll('MaxPool', [x.get('plain')], {
          attributes: { kernel_shape: kernel, strides: stride },
          outputs: 2,
        })[1]!,
    },
    pooling: { quarters, top, bottom },
  })
  return [blockedOperand(emitter, outputs[0]!, () => pooled), positions]
}

/** The quarters by depthwise convolutions of stride 2 that pick one pixel of four. */
function copyQuarters(emitter: Emitter, x: Operand): Quarters {
  const channels = x.type.shape[1] as number
  const ones = tensor('float32', [channels], new Float32Array(channels).fill(1))
  return pickQuarters(emitter, x.get('blocked'), emitter.constant(ones), undefined, channels)
}

/** scale · x + shift, quarter by quarter; scale and shift are vectors over the channels. */
export function pickQuarters(
  emitter: Emitter,
  x: string,
  scale: string,
  shift: string | undefined,
  channels: number,
): Quarters {
  const b = emitter.blockSize
  const perBlock = emitter.emit('Reshape', [scale, emitter.ints([channels / b, 1, 1, 1, b])])
  const pick = (tap: number) => {
    const oneHot = Float32Array.from({ length: 4 }, (_, i) => Number(i === tap))
    const mask = emitter.constant(tensor('float32', [1, 1, 2, 2, 1], oneHot))
    const filter = emitter.emit('Reshape', [
      emitter.emit('Mul', [perBlock, mask]),
      emitter.ints([channels, 1, 2, 2]),
    ])
    return emitter.emit('Conv', [x, filter, ...(shift === undefined ? [] : [shift])], {
      domain: NCHWC_DOMAIN,
      attributes: { kernel_shape: [2, 2], strides: [2, 2], group: channels },
    })
  }
  return [pick(0), pick(1), pick(2), pick(3)]
}

/** The pooled gradient back at the maxima, in whichever layout is asked for; ties go to the first. */
export const lowerMaxUnpool: BlockedRule<'maxUnpool2d'> = ({ emitter, operands, outputs }) => {
  const [dy, positions] = operands as [Operand, Operand]
  const trace = positions.pooling
  if (trace === undefined) return undefined
  const type = outputs[0]!
  const shape = type.shape as ImageShape
  const choice = new MaximumChoice(emitter, trace)
  const scatter = (layout: PlacedLayout) => choice.scatter(dy.get('blocked'), shape, layout)
  const swappable = shape[0] % emitter.blockSize === 0
  return [
    blockedOperand(emitter, type, () => scatter('blocked'), {
      native: swappable ? 'batchBlocked' : 'widened',
      makers: {
        widened: () => scatter('widened'),
        ...(swappable ? { batchBlocked: () => scatter('batchBlocked') } : {}),
      },
      makeQuarters: () => splitGradient(emitter, dy.get('blocked'), trace),
    }),
  ]
}

/** dy to the quarter that held the maximum, zero to the others. */
function splitGradient(
  emitter: Emitter,
  dy: string,
  { quarters, top, bottom }: PoolTrace,
): Quarters {
  const exceeds = (a: string, b: string) =>
    emitter.emit('HardSigmoid', [emitter.emit('Sub', [a, b])], { attributes: STEP_FUNCTION })
  const split = (gradient: string, first: string, second: string) => {
    const toSecond = emitter.emit('Mul', [gradient, exceeds(second, first)])
    return [emitter.emit('Sub', [gradient, toSecond]), toSecond] as const
  }
  const [toTop, toBottom] = split(dy, top, bottom)
  return [...split(toTop, quarters[0], quarters[1]), ...split(toBottom, quarters[2], quarters[3])]
}

type PlacedLayout = 'blocked' | 'widened' | 'batchBlocked'

/** Which of the four pixels was the maximum, worked out once for all layouts. */
class MaximumChoice {
  readonly #emitter: Emitter
  readonly #trace: PoolTrace
  readonly #offsets = new Map<number, string>()
  #bits: readonly [row: string, column: string] | undefined

  constructor(emitter: Emitter, trace: PoolTrace) {
    this.#emitter = emitter
    this.#trace = trace
  }

  scatter(dy: string, shape: ImageShape, layout: PlacedLayout): string {
    const emitter = this.#emitter
    const b = emitter.blockSize
    const [batch, channels, height, width] = shape
    const wide = width + (layout === 'blocked' ? 0 : 2)
    const first = emitter.constant(firstPositions(shape, b, layout))
    const position = emitter.emit('Add', [this.#offset(wide * b), first])
    const count = (batch * channels * height * width) / 4
    const line = emitter.ints([1, 1, 1, count])
    const indices = emitter.emit('Cast', [position], { attributes: { to: DATA_TYPE.int64 } })
    const length = batch * channels * height * wide
    const placed = emitter.emit(
      'MaxUnpool',
      [
        emitter.emit('Reshape', [dy, line]),
        emitter.emit('Reshape', [indices, line]),
        emitter.ints([1, 1, 1, length]),
      ],
      { attributes: { kernel_shape: [1, 4], strides: [1, 4] } },
    )
    const outer = layout === 'batchBlocked' ? [channels, batch] : [batch, channels]
    return emitter.emit('Reshape', [placed, emitter.ints([...outer, height, wide])])
  }

  /** Distance of the maximum from the first of its four pixels, in elements. */
  #offset(rowLength: number): string {
    const emitter = this.#emitter
    const known = this.#offsets.get(rowLength)
    if (known !== undefined) return known
    this.#bits ??= this.#compare()
    const [row, column] = this.#bits
    const offset = emitter.emit('Add', [
      emitter.emit('Mul', [row, emitter.float(rowLength)]),
      emitter.emit('Mul', [column, emitter.float(emitter.blockSize)]),
    ])
    this.#offsets.set(rowLength, offset)
    return offset
  }

  #compare(): readonly [string, string] {
    const emitter = this.#emitter
    const { quarters, top, bottom } = this.#trace
    const lower = emitter.emit('Greater', [bottom, top])
    const rightOfTop = emitter.emit('Greater', [quarters[1], quarters[0]])
    const rightOfBottom = emitter.emit('Greater', [quarters[3], quarters[2]])
    const right = emitter.emit('Or', [
      emitter.emit('And', [lower, rightOfBottom]),
      emitter.emit('And', [emitter.emit('Not', [lower]), rightOfTop]),
    ])
    const toFloat = { attributes: { to: DATA_TYPE.float32 } }
    return [emitter.emit('Cast', [lower], toFloat), emitter.emit('Cast', [right], toFloat)]
  }
}

/** For each pooled element, in blocked order, where the first of its four pixels lies in `layout`. */
function firstPositions(
  [batch, channels, height, width]: ImageShape,
  b: number,
  layout: PlacedLayout,
) {
  const [rows, columns] = [height / 2, width / 2]
  const wide = width + (layout === 'blocked' ? 0 : 2)
  const margin = layout === 'blocked' ? 0 : 1
  const plane = height * wide * b
  const data = new Float32Array(batch * channels * rows * columns)
  let i = 0
  for (let n = 0; n < batch; n++) {
    for (let block = 0; block < channels / b; block++) {
      for (let pixel = 0; pixel < rows * columns; pixel++) {
        const row = 2 * Math.floor(pixel / columns)
        const within = (row * wide + 2 * (pixel % columns) + margin) * b
        for (let lane = 0; lane < b; lane++) {
          const channel = block * b + lane
          data[i++] =
            layout === 'batchBlocked'
              ? (channel * (batch / b) + Math.floor(n / b)) * plane + within + (n % b)
              : (n * (channels / b) + block) * plane + within + lane
        }
      }
    }
  }
  return tensor('float32', [batch, channels, rows, columns], data)
}
