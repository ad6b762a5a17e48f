/**
 * Memory that the server and one model thread share: places for pictures, in a ring. The server writes
 * a picture into the next place and counts `written` up; the thread takes all that is there when it is
 * free, up to one batch, so no message goes back and forth before a batch starts, and none waits to
 * grow. Counters only ever go up, and wrap around at 32 bits; their difference is what counts.
 */
export interface RingShape {
  /** Places; a power of two, so that a wrapped counter still names one. */
  readonly capacity: number
  /** Bytes of one picture. */
  readonly imageBytes: number
  readonly classes: number
  /** Numbers that are measured of each picture; 0: none. */
  readonly features: number
}

export interface SlotRing {
  readonly shape: RingShape
  readonly memory: SharedArrayBuffer
  /** Indexed by COUNTER. */
  readonly counters: Int32Array
  /** [capacity], of SLOT. */
  readonly states: Int32Array
  /** uint8 [capacity, imageBytes] */
  readonly pixels: Uint8Array
  /** [capacity, classes] */
  readonly probabilities: Float32Array
  /** [capacity, classes] */
  readonly logits: Float32Array
  /** [capacity, features] */
  readonly features: Float64Array
}

export const COUNTER = {
  /** Pictures put in by the server. */
  written: 0,
  /** Pictures the thread has begun with. */
  taken: 1,
  /** Pictures the thread is through with. */
  done: 2,
  /** 1: no more will come. */
  stop: 3,
} as const

/**
 * Who changes a place from `waiting` has it: the thread to run it, or the server to answer without
 * the model.
 */
export const SLOT = { waiting: 0, running: 1, dropped: 2 } as const

/** An even number, so that what follows lies where doubles may. */
const COUNTERS = 4

export function createRing(shape: RingShape): SlotRing {
  const { capacity, imageBytes, classes, features } = shape
  const words = COUNTERS + capacity * (2 * features + 1 + 2 * classes)
  return openRing(new SharedArrayBuffer(4 * words + capacity * imageBytes), shape)
}

/** The same memory seen from the other thread. */
export function openRing(memory: SharedArrayBuffer, shape: RingShape): SlotRing {
  const { capacity, imageBytes, classes, features } = shape
  const values = capacity * classes
  const featuresAt = 4 * COUNTERS
  const statesAt = featuresAt + 8 * capacity * features
  const probabilitiesAt = statesAt + 4 * capacity
  const logitsAt = probabilitiesAt + 4 * values
  return {
    shape,
    memory,
    counters: new Int32Array(memory, 0, COUNTERS),
    features: new Float64Array(memory, featuresAt, capacity * features),
    states: new Int32Array(memory, statesAt, capacity),
    probabilities: new Float32Array(memory, probabilitiesAt, values),
    logits: new Float32Array(memory, logitsAt, values),
    pixels: new Uint8Array(memory, logitsAt + 4 * values, capacity * imageBytes),
  }
}

/** The smallest ring that holds `places` pictures. */
export function ringCapacity(places: number): number {
  return 2 ** Math.ceil(Math.log2(places))
}
