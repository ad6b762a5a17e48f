import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { encodePng } from '../dist/image/index.js'
import { runLoad, serviceRoutes } from '../dist/loadtest/index.js'
import { rawFolder } from './atelier.mjs'

const COUNT = 500
const SIDE = 28
const HEADER = 16
const clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** The first images of the test set as PNG files of a folder, made once. */
export async function testImages(work) {
  const folder = join(work, 'serve-images')
  const names = Array.from({ length: COUNT }, (_, i) => `${String(i).padStart(3, '0')}.png`)
  if (!existsSync(join(folder, names.at(-1)))) {
    mkdirSync(folder, { recursive: true })
    const pixels = testPixels()
    for (const [i, name] of names.entries()) {
      const start = HEADER + i * SIDE * SIDE
      const image = pixels.subarray(start, start + SIDE * SIDE)
      const geometry = { height: SIDE, width: SIDE, channels: 1 }
      writeFileSync(join(folder, name), await encodePng(image, geometry))
    }
  }
  const images = names.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
  return { folder, images }
}

function testPixels() {
  const path = join(rawFolder(), 't10k-images-idx3-ubyte')
  return existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`))
}

/**
 * Predictions of these images, one after the other. `pace`: { users } without pause, or
 * { rate, connections }.
 */
export function predictLoad(
  url,
  images,
  { pace, seconds, body = 'multipart', timeout = 30, ...deps },
) {
  const { users, rate, connections } = pace
  return runLoad(
    {
      url,
      routes: serviceRoutes({ predict: 1 }, { url, images, body }),
      pace:
        rate === undefined
          ? { kind: 'closed', users, ramp: 0, wait: [0, 0] }
          : { kind: 'open', rate, connections },
      duration: seconds,
      timeout,
      seed: 1,
    },
    { clock, ...deps },
  )
}

/** `1,234 req/s, p50 4.1 ms, p99 9.8 ms`. */
export function loadText({ rate, p50, p99 }) {
  return `${rate.toFixed(0)} req/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
}

/** What the rows are made of. Throws where requests failed: such speed is none. */
export function figuresOf({ total, failures, client }) {
  if (failures.length > 0) {
    const kinds = failures.map(({ kind, count }) => `${count} ${kind}`).join(', ')
    throw new Error(`${total.failures} of ${total.requests} requests failed: ${kinds}`)
  }
  const { p50, p99, p99_9 } = total.latency
  return { rate: total.good_rate, p50, p99, p99_9, cpu: client.cpu_microseconds_per_request }
}
