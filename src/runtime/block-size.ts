import {
  batchNorm,
  conv2d,
  differentiate,
  input,
  maxPool2d,
  mul,
  reduceMean,
  relu,
  scalar,
  type Value,
} from '../graph/index.ts'
import { blockSizeProbe, toOnnx } from '../onnx/index.ts'
import { type Tensor, tensor, zeros } from '../tensor/index.ts'
import { openSession, type TensorMap } from './session.ts'

/**
 * Channels per block of this machine's NCHWc layout; 1, which means plain ONNX, where onnxruntime
 * does not offer the layout or where a small network does not come out the same in it.
 */
export async function detectBlockSize(): Promise<number> {
  try {
    const { y } = await runOnce(blockSizeProbe(), { x: zeros('float32', [1, 4, 1, 1]) })
    const blockSize = y!.shape[1]!
    return blockSize > 1 && (await agreesWithPlain(blockSize)) ? blockSize : 1
  } catch {
    return 1
  }
}

/** Largest difference between the layouts, which add up in different orders, relative to 1. */
const TOLERANCE = 1e-4

async function agreesWithPlain(blockSize: number): Promise<boolean> {
  const { outputs, feeds } = sampleNetwork(blockSize)
  const [plain, blocked] = await Promise.all(
    [1, blockSize].map((size) =>
      runOnce(toOnnx({ name: 'layout-check', outputs, blockSize: size }).bytes, feeds),
    ),
  )
  return Object.keys(outputs).every((name) => {
    const wanted = plain![name]!.data as Float32Array
    const got = blocked![name]!.data as Float32Array
    return wanted.every(
      (value, i) => Math.abs(value - got[i]!) <= TOLERANCE * (1 + Math.abs(value)),
    )
  })
}

/** Every blocked kernel that training uses, on one batch: loss and gradients of two convolutions. */
function sampleNetwork(channels: number) {
  const shapes = {
    x: [channels, 1, 8, 8],
    first: [channels, 1, 3, 3],
    second: [channels, channels, 3, 3],
    third: [channels, channels, 3, 3],
    scale: [channels],
    shift: [channels],
  }
  const values = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, input(name, shape)]),
  ) as Record<keyof typeof shapes, Value>
  const padding = [1, 1, 1, 1] as const
  const pool = { kernel: [2, 2] } as const
  const first = relu(maxPool2d(conv2d(values.x, values.first, { padding }), pool))
  const second = batchNorm(
    conv2d(first, values.second, { padding }),
    values.scale,
    values.shift,
    1e-5,
  )
  const third = conv2d(maxPool2d(relu(second.y), pool), values.third, { padding })
  const loss = reduceMean(mul(third, third), [0, 1, 2, 3])
  const weights = [values.first, values.second, values.third, values.scale]
  const gradients = differentiate(loss, weights, scalar(1))
  const outputs = Object.fromEntries([loss, ...gradients].map((value, i) => [`y${i}`, value]))
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, pattern(shape)]),
  )
  return { outputs, feeds }
}

/** Fixed numbers in [−1, 1] without visible order. */
function pattern(shape: readonly number[]): Tensor {
  const count = shape.reduce((n, size) => n * size, 1)
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length: count }, (_, i) => Math.sin(i * i + 1)),
  )
}

async function runOnce(model: Uint8Array, feeds: TensorMap): Promise<TensorMap> {
  const session = await openSession(model, { threads: 1 })
  try {
    const used = session.inputs.map((name) => [name, feeds[name]!] as const)
    return await session.run(Object.fromEntries(used))
  } finally {
    await session.close()
  }
}
