import { type ModelSession, openBatchRunner, type RunnerShape } from './batch-runner.ts'
import { type BatchReport, serveRing } from './serve-ring.ts'
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

/** The life of a model thread: open, try, serve, close. */
export async function runModelThread(
  data: ModelThreadData,
  post: (message: ModelThreadMessage) => void,
  openSession: (model: Uint8Array) => Promise<ModelSession>,
): Promise<void> {
  const opened = await open(data, openSession).catch((error: Error) => error.message)
  if (typeof opened === 'string') {
    post({ kind: 'refused', reason: opened })
    return
  }
  post({ kind: 'ready' })
  const { session, runner } = opened
  await serveRing(openRing(data.memory, data.ring), runner, (batch) =>
    post({ kind: 'batch', ...batch }),
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
