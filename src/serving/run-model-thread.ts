import type { ImageGeometry } from '../contracts/index.ts'
import { type ModelSession, openBatchRunner, type RunnerShape } from './batch-runner.ts'
import { type BatchReport, type Measure, serveRing } from './serve-ring.ts'
import { openRing, type RingShape } from './slot-ring.ts'
import { smokeTest } from './smoke-test.ts'

/** What a model thread is started with. */
export interface ModelThreadData extends RunnerShape {
  readonly model: Uint8Array
  readonly memory: SharedArrayBuffer
  readonly ring: RingShape
}

/** What it says: once whether the model may be served, then each batch. */
export type ModelThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly reason: string }
  | ({ readonly kind: 'batch' } & BatchReport)

/** The numbers of a picture, uint8 [C, H, W], that its record holds. */
export type MeasurePixels = (pixels: Uint8Array, geometry: ImageGeometry) => ArrayLike<number>

/** The life of a model thread: open, try, serve, close. */
export async function runModelThread(
  data: ModelThreadData,
  post: (message: ModelThreadMessage) => void,
  openSession: (model: Uint8Array) => Promise<ModelSession>,
  measurePixels: MeasurePixels,
): Promise<void> {
  const opened = await open(data, openSession).catch((error: Error) => error.message)
  if (typeof opened === 'string') {
    post({ kind: 'refused', reason: opened })
    return
  }
  post({ kind: 'ready' })
  const { session, runner } = opened
  const measure = data.ring.features > 0 ? measureOf(data.image, measurePixels) : undefined
  await serveRing(openRing(data.memory, data.ring), runner, measure, (batch) =>
    post({ kind: 'batch', count: batch.count, ran: batch.ran, milliseconds: batch.milliseconds }),
  )
  await session.close()
}

async function open(
  data: ModelThreadData,
  openSession: (model: Uint8Array) => Promise<ModelSession>,
) {
  const session = await openSession(data.model)
  const runner = await openBatchRunner(session, data)
  const fault = await smokeTest(runner)
  return fault ?? { session, runner }
}

function measureOf([channels, height, width]: readonly number[], measure: MeasurePixels): Measure {
  const geometry = { channels, height, width } as ImageGeometry
  return (image) => measure(image, geometry)
}
