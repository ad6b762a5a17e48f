import type { Bundle } from '../../bundle/index.ts'
import type { Split } from '../../data/index.ts'
import type { CommandContext } from '../context.ts'

const WARM_UP = 10
const ROUNDS = 100

/**
 * Milliseconds that each model takes for one image, over and over. The models take turns, and turns at
 * being first, so that whatever else the machine does hits all of them alike.
 */
export async function timeInTurns(
  bundles: readonly Bundle[],
  { images, size }: Split,
  imageBytes: number,
  { clock, signal }: Pick<CommandContext, 'clock' | 'signal'>,
): Promise<number[][]> {
  const times = bundles.map((): number[] => [])
  for (let round = -WARM_UP; round < ROUNDS && bundles.length > 0; round++) {
    signal.throwIfAborted()
    const at = ((round + WARM_UP) % size) * imageBytes
    const image = images.slice(at, at + imageBytes)
    for (let turn = 0; turn < bundles.length; turn++) {
      const which = (turn + round + WARM_UP) % bundles.length
      const start = clock.monotonic()
      await bundles[which]!.predict(image, 1)
      if (round >= 0) times[which]!.push(clock.monotonic() - start)
    }
  }
  return times
}
