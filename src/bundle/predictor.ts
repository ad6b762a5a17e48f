import { BUNDLE_IO } from '../contracts/index.ts'
import { openSession } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'

export interface PredictorOptions {
  readonly threads: number
  /** Images per execution of the model; more are cut into batches of this size. */
  readonly batchSize: number
}

/** What the model says about N images. Matrices are row-major. */
export interface Prediction {
  /** [N, classes] */
  readonly probabilities: Float32Array<ArrayBuffer>
  /** [N, classes] */
  readonly logits: Float32Array<ArrayBuffer>
  /** [N, features]: the input of the last dense layer. */
  readonly embedding: Float32Array<ArrayBuffer>
}

/** An open model. Its native memory is freed by `close`. */
export interface Predictor {
  /** `images`: uint8 [count, C, H, W], one after another. Holds the thread until done. */
  predict(images: Uint8Array<ArrayBuffer>, count: number): Promise<Prediction>
  close(): Promise<void>
}

const OUTPUTS = [BUNDLE_IO.probabilities, BUNDLE_IO.logits, BUNDLE_IO.embedding] as const

/** Opens the bytes of a bundle, which must be our own or inspected, for images of [C, H, W]. */
export async function openPredictor(
  model: Uint8Array,
  image: readonly [channels: number, height: number, width: number],
  { threads, batchSize }: PredictorOptions,
): Promise<Predictor> {
  const session = await openSession(model, { threads })
  const size = image.reduce((product, n) => product * n, 1)
  const runBatch = (images: Uint8Array<ArrayBuffer>, start: number, count: number) => {
    const pixels = images.subarray(start * size, (start + count) * size)
    return session.run({ [BUNDLE_IO.images]: tensor('uint8', [count, ...image], pixels) })
  }
  return {
    predict: async (images, count) => {
      const parts: Readonly<Record<string, Tensor>>[] = []
      for (let start = 0; start < count; start += batchSize) {
        parts.push(await runBatch(images, start, Math.min(batchSize, count - start)))
      }
      const [probabilities, logits, embedding] = OUTPUTS.map((name) =>
        concatenate(parts.map((part) => part[name]!.data as Float32Array)),
      )
      return { probabilities: probabilities!, logits: logits!, embedding: embedding! }
    },
    close: () => session.close(),
  }
}

function concatenate(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
