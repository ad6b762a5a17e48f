import { readFile } from 'node:fs/promises'
import type { FindImage } from './image-file.ts'

/** An image as a page can show it: as a data URI, or as a text that says why it is not there. */
export type EmbeddedImage =
  | { readonly uri: string; readonly bytes: number }
  | { readonly uri: undefined; readonly reason: string }

export interface EmbedLimits {
  /** Of one image. */
  readonly image: number
  /** Of all images of a page together. */
  readonly page: number
}

const embedLimits: EmbedLimits = { image: 8 * 2 ** 20, page: 40 * 2 ** 20 }

const REASONS = {
  elsewhere: 'on the web, and this page loads nothing',
  missing: 'there is no such file',
  outside: 'it lies outside of the project',
  unreadable: 'the file is no image that a browser shows',
} as const

/** Reads the images that a text names, each once, until the page would be too large. */
export async function embedImages(
  targets: readonly string[],
  findImage: FindImage,
  limits: EmbedLimits = embedLimits,
): Promise<ReadonlyMap<string, EmbeddedImage>> {
  const images = new Map<string, EmbeddedImage>()
  let total = 0
  for (const target of targets) {
    if (images.has(target)) continue
    const image = await embed(target, findImage, limits, limits.page - total)
    if (image.uri !== undefined) total += image.bytes
    images.set(target, image)
  }
  return images
}

async function embed(
  target: string,
  findImage: FindImage,
  limits: EmbedLimits,
  room: number,
): Promise<EmbeddedImage> {
  const file = await findImage(target)
  if (file.state !== 'found') return { uri: undefined, reason: REASONS[file.state] }
  const { bytes, mime, path } = file
  if (bytes > limits.image) return { uri: undefined, reason: tooLarge(bytes, limits.image) }
  if (bytes > room) return { uri: undefined, reason: 'the images before it fill the page' }
  const content = await readFile(path)
  return { uri: `data:${mime};base64,${content.toString('base64')}`, bytes }
}

const tooLarge = (bytes: number, limit: number) =>
  `it has ${megabytes(bytes)} MiB, and ${megabytes(limit)} are the most`

const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
