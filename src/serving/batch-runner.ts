import type { BUNDLE_IO } from '../contracts/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'

type TensorMap = Readonly<Record<string, Tensor>>

/** An open model, as `runtime` gives it. */
export interface ModelSession {
  run(feeds: TensorMap, into?: TensorMap): Promise<TensorMap>
  close(): Promise<void>
}

/** A model with memory of its own for a batch: no run allocates. */
export interface BatchRunner {
  readonly maxBatch: number
  /** uint8 [maxBatch, C, H, W]: pictures go in here before `run`. */
  readonly images: Uint8Array
  /** [maxBatch, classes], valid until the next run. */
  readonly probabilities: Float32Array
  /** [maxBatch, classes] */
  readonly logits: Float32Array
  /** Runs the first `count` pictures. */
  run(count: number): Promise<void>
}

export interface RunnerShape {
  /** [C, H, W] */
  readonly image: readonly number[]
  readonly classes: number
  readonly maxBatch: number
  /** What the graph calls its input and outputs. */
  readonly names: typeof BUNDLE_IO
}

/** Asks the model once, to learn how wide its embedding is. Throws where it cannot run. */
export async function openBatchRunner(
  session: ModelSession,
  { image, classes, maxBatch, names }: RunnerShape,
): Promise<BatchRunner> {
  const imageBytes = image.reduce((product, size) => product * size, 1)
  const images = new Uint8Array(maxBatch * imageBytes)
  const feeds = Array.from({ length: maxBatch }, (_, i) => ({
    [names.images]: tensor('uint8', [i + 1, ...image], images.subarray(0, (i + 1) * imageBytes)),
  }))
  const first = await session.run(feeds[0]!)
  const [, width = 1] = first[names.embedding]!.shape
  const probabilities = new Float32Array(maxBatch * classes)
  const logits = new Float32Array(maxBatch * classes)
  const embedding = new Float32Array(maxBatch * width)
  const rows = (data: Float32Array<ArrayBuffer>, columns: number, count: number) =>
    tensor('float32', [count, columns], data.subarray(0, count * columns))
  const results = feeds.map((_, i) => ({
    [names.probabilities]: rows(probabilities, classes, i + 1),
    [names.logits]: rows(logits, classes, i + 1),
    [names.embedding]: rows(embedding, width, i + 1),
  }))
  return {
    maxBatch,
    images,
    probabilities,
    logits,
    run: async (count) => {
      await session.run(feeds[count - 1]!, results[count - 1]!)
    },
  }
}
