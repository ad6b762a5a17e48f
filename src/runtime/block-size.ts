import { blockSizeProbe } from '../onnx/index.ts'
import { zeros } from '../tensor/index.ts'
import { openSession } from './session.ts'

/** Channels per block of this machine's NCHWc layout, 1 where onnxruntime does not offer it. */
export async function detectBlockSize(): Promise<number> {
  try {
    const session = await openSession(blockSizeProbe(), { threads: 1 })
    const { y } = await session.run({ x: zeros('float32', [1, 4, 1, 1]) })
    await session.close()
    return y!.shape[1]!
  } catch {
    return 1
  }
}
