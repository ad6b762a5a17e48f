/** The thread that decodes the pictures which take longer than an event loop may stand still. */
import { parentPort } from 'node:worker_threads'
import { packError } from '../core/index.ts'
import { decodeImage } from '../image/decode.ts'
import { sniffImageFormat } from '../image/image-format.ts'
import { preprocessRaster } from '../image/preprocessing.ts'
import type { DecodeAnswer, DecodeJob } from '../serving/image-decoder.ts'

parentPort!.on('message', async (job: DecodeJob) => {
  const answer = await decode(job)
  parentPort!.postMessage(answer)
})

async function decode(job: DecodeJob): Promise<DecodeAnswer> {
  const { id, bytes, spec, name, maxBytes, maxPixels } = job
  try {
    const limits = { maxBytes, maxPixels, ...(name === undefined ? {} : { name }) }
    const raster = await decodeImage(bytes, limits)
    const { width, height } = raster
    const format = sniffImageFormat(bytes) ?? 'unknown'
    return { id, pixels: preprocessRaster(raster, spec), width, height, format }
  } catch (thrown) {
    return { id, error: packError(thrown) }
  }
}
