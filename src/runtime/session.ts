import type { Tensor as OrtTensor } from 'onnxruntime-node'
import { arrayConstructors, type DType, type Shape, type Tensor, tensor } from '../tensor/index.ts'

export type TensorMap = Readonly<Record<string, Tensor>>

export interface SessionOptions {
  readonly threads: number
  /** Writes onnxruntime's trace beside this prefix; `endProfiling` closes it. */
  readonly profilePrefix?: string
}

/** One loaded model. The native memory is freed by `close`. */
export interface Session {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /**
   * Executes the model. Runs on the calling thread until done, despite the promise. Results named in
   * `into` are written to those tensors, which are then returned.
   */
  run(feeds: TensorMap, into?: TensorMap): Promise<TensorMap>
  endProfiling(): void
  close(): Promise<void>
}

export async function openSession(
  model: Uint8Array,
  { threads, profilePrefix }: SessionOptions,
): Promise<Session> {
  // whoever only reads what a model says of itself never needs the library
  const { InferenceSession, Tensor: NativeTensor } = await import('onnxruntime-node')
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    // Subnormal numbers (old optimizer moments, mostly) cost up to 100 times a normal one. onnxruntime sees to it
    // in the thread that opens the first session of a process, and in all threads that it makes itself.
    extra: { session: { set_denormal_as_zero: '1' } },
  })
  const native = new NativeTensors(NativeTensor)
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: async (feeds, into = {}) => {
      const fetches: Record<string, OrtTensor | null> = {}
      for (const name of session.outputNames) {
        const target = into[name]
        fetches[name] = target === undefined ? null : native.of(target)
      }
      const results = await session.run(native.all(feeds), fetches)
      const missing = session.outputNames.filter((name) => into[name] === undefined)
      return {
        ...into,
        ...Object.fromEntries(missing.map((name) => [name, fromNative(results[name]!)])),
      }
    },
    endProfiling: () => session.endProfiling(),
    close: () => session.release(),
  }
}

/** Native views of host tensors, kept so that a tensor fed at every step is wrapped once. */
class NativeTensors {
  readonly #known = new WeakMap<Tensor, OrtTensor>()
  readonly #NativeTensor: typeof OrtTensor

  constructor(NativeTensor: typeof OrtTensor) {
    this.#NativeTensor = NativeTensor
  }

  of(value: Tensor): OrtTensor {
    const known = this.#known.get(value)
    if (known !== undefined) return known
    const wrapped = new this.#NativeTensor(value.dtype as 'float32', value.data as Float32Array, [
      ...value.shape,
    ])
    this.#known.set(value, wrapped)
    return wrapped
  }

  all(values: TensorMap): Record<string, OrtTensor> {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, this.of(value)]))
  }
}

function fromNative({ type, data, dims }: OrtTensor): Tensor {
  const dtype = type as DType
  const view = data as unknown as { buffer: ArrayBuffer; byteOffset: number; length: number }
  const array = new arrayConstructors[dtype](view.buffer, view.byteOffset, view.length)
  return tensor(dtype, dims as Shape, array)
}
