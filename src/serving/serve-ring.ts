import type { BatchRunner } from './batch-runner.ts'
import { COUNTER, SLOT, type SlotRing } from './slot-ring.ts'

/** A wake-up that is lost, if that can be, costs this long. */
const LOOK_AGAIN_MS = 500

/** A batch that was run: `count` places, of which `ran` went through the model. */
export interface BatchReport {
  readonly count: number
  readonly ran: number
  /** Time in the model. */
  readonly milliseconds: number
}

/** [features] of one picture, uint8 [C, H, W]. */
export type Measure = (image: Uint8Array) => ArrayLike<number>

/**
 * The thread's side of the ring: takes what is there, up to a full batch, runs it, puts the results in
 * the places of the pictures, and reports. Ends when it is told to stop and nothing waits.
 */
export async function serveRing(
  ring: SlotRing,
  runner: BatchRunner,
  measure: Measure | undefined,
  report: (batch: BatchReport) => void,
): Promise<void> {
  const { counters } = ring
  const places = new Int32Array(runner.maxBatch)
  for (;;) {
    const taken = Atomics.load(counters, COUNTER.taken)
    const written = Atomics.load(counters, COUNTER.written)
    if (written === taken) {
      if (Atomics.load(counters, COUNTER.stop) === 1) return
      Atomics.wait(counters, COUNTER.written, written, LOOK_AGAIN_MS)
      continue
    }
    const count = Math.min(runner.maxBatch, (written - taken) | 0)
    Atomics.store(counters, COUNTER.taken, (taken + count) | 0)
    const ran = claim(ring, taken, count, places)
    const started = performance.now()
    if (ran > 0) await runPlaces(ring, runner, places, ran)
    const milliseconds = performance.now() - started
    if (measure !== undefined) measurePlaces(ring, runner, measure, places.subarray(0, ran))
    Atomics.store(counters, COUNTER.done, (taken + count) | 0)
    report({ count, ran, milliseconds })
  }
}

/** Takes the places that still wait, and gives how many they are. */
function claim(ring: SlotRing, from: number, count: number, places: Int32Array): number {
  const mask = ring.shape.capacity - 1
  let claimed = 0
  for (let i = 0; i < count; i++) {
    const place = (from + i) & mask
    const was = Atomics.compareExchange(ring.states, place, SLOT.waiting, SLOT.running)
    if (was === SLOT.waiting) places[claimed++] = place
  }
  return claimed
}

async function runPlaces(
  ring: SlotRing,
  runner: BatchRunner,
  places: Int32Array,
  count: number,
): Promise<void> {
  const { imageBytes, classes } = ring.shape
  // onnxruntime does not take shared memory
  for (let i = 0; i < count; i++) {
    const at = places[i]! * imageBytes
    runner.images.set(ring.pixels.subarray(at, at + imageBytes), i * imageBytes)
  }
  await runner.run(count)
  for (let i = 0; i < count; i++) {
    const [from, to, at] = [i * classes, (i + 1) * classes, places[i]! * classes]
    ring.probabilities.set(runner.probabilities.subarray(from, to), at)
    ring.logits.set(runner.logits.subarray(from, to), at)
  }
}

/** Here, where the pictures are at hand and the event loop has other things to do. */
function measurePlaces(
  ring: SlotRing,
  { images }: BatchRunner,
  measure: Measure,
  places: Int32Array,
): void {
  const { imageBytes, features } = ring.shape
  for (const [i, place] of places.entries()) {
    const image = images.subarray(i * imageBytes, (i + 1) * imageBytes)
    ring.features.set(measure(image), place * features)
  }
}
