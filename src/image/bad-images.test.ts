/** What strangers may send; all of it with ATELIER_TEST=full, else a fair share. */
import { beforeAll, describe, expect, it } from 'vitest'
import { type BadImage, badImages } from '../../test/support/bad-images.ts'
import { FULL } from '../../test/support/only-in-full.ts'
import { AtelierError, sha256 } from '../core/index.ts'
import { decodeImage } from './decode.ts'
import { decodeWithSharp } from './decode-with-sharp.ts'
import { sniffImageFormat } from './image-format.ts'
import { decodePngSync } from './index.ts'
import { type Raster, toRgb } from './raster.ts'

const LIMITS = { maxPixels: 16e6, maxBytes: 10e6 }

interface Outcome {
  readonly raster: Raster | undefined
  readonly milliseconds: number
}

/** A picture, or one of the two errors; any other failure fails the test. */
async function outcomeOf({ name, bytes }: BadImage): Promise<Outcome> {
  const started = performance.now()
  const result = await decodeImage(bytes, { ...LIMITS, name }).catch((error: unknown) => error)
  const milliseconds = performance.now() - started
  if (result instanceof AtelierError) {
    expect(['IMAGE_UNREADABLE', 'IMAGE_TOO_LARGE'], name).toContain(result.code)
    return { raster: undefined, milliseconds }
  }
  if (result instanceof Error) throw new Error(`${name}: ${result.stack}`)
  return { raster: result as Raster, milliseconds }
}

/** What the decoder on the spot says: a picture, no, or that another is to be asked. */
function onTheSpot({ bytes }: BadImage): Raster | 'refused' | undefined {
  try {
    return decodePngSync(bytes, LIMITS)
  } catch {
    return 'refused'
  }
}

async function agreesWithLibpng({ bytes }: BadImage, own: Raster | 'refused'): Promise<boolean> {
  const theirs = await decodeWithSharp(bytes, 'png', LIMITS.maxPixels).catch(() => undefined)
  if (own === 'refused' || theirs === undefined) return own === 'refused' && theirs === undefined
  const sameSize = theirs.width === own.width && theirs.height === own.height
  return sameSize && Buffer.compare(theirs.data, toRgb(own).data) === 0
}

async function collect(seed: number, most = Number.POSITIVE_INFINITY): Promise<BadImage[]> {
  const images: BadImage[] = []
  for await (const image of badImages(seed, FULL ? 1 : 0.02)) {
    if (images.push(image) === most) break
  }
  return images
}

describe(`bad images${FULL ? '' : ' (a share of them: ATELIER_TEST=full takes all)'}`, () => {
  let images: readonly BadImage[] = []
  beforeAll(async () => {
    images = await collect(1)
  })

  it('are many, no two alike, and the same for the same seed', async () => {
    expect(images.length).toBeGreaterThan(FULL ? 30_000 : 1400)
    const digests = images.map(({ bytes }) => sha256(bytes))
    expect(new Set(digests).size).toBe(images.length)
    expect((await collect(1)).map(({ bytes }) => sha256(bytes))).toEqual(digests)
    const others = (await collect(2, 200)).map(({ bytes }) => sha256(bytes))
    expect(others).not.toEqual(digests.slice(0, 200))
  }, 60_000)

  it('are refused or read, the certainly bad refused, in bounded time and memory', async () => {
    const wrong: string[] = []
    const times: number[] = []
    const before = process.memoryUsage.rss()
    let most = before
    let refused = 0
    for (const image of images) {
      const { raster, milliseconds } = await outcomeOf(image)
      times.push(milliseconds)
      most = Math.max(most, process.memoryUsage.rss())
      if (raster === undefined) refused++
      else if (image.verdict === 'bad') wrong.push(image.name)
    }
    expect(wrong).toEqual([])
    expect(refused).toBeGreaterThan(images.length / 2)
    times.sort((a, b) => a - b)
    expect(times[Math.floor(times.length * 0.99)]).toBeLessThan(FULL ? 50 : 250)
    expect((most - before) / 2 ** 20).toBeLessThan(200)
  }, 600_000)

  it('are read by the decoder on the spot as by libpng, and refused by it only with libpng', async () => {
    const wrong: string[] = []
    const counts = { read: 0, refused: 0 }
    for (const image of images) {
      // libpng takes most of a second to refuse that one
      if (sniffImageFormat(image.bytes) !== 'png' || image.name === 'bomb stream') continue
      const own = onTheSpot(image)
      if (own === undefined) continue
      counts[own === 'refused' ? 'refused' : 'read']++
      if (!(await agreesWithLibpng(image, own))) wrong.push(image.name)
    }
    expect(wrong).toEqual([])
    expect(counts.read).toBeGreaterThan(images.length / 20)
    expect(counts.refused).toBeGreaterThan(images.length / 20)
  }, 600_000)
})
