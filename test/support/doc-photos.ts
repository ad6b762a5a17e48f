/** Photos as a reader would take them: things on a table, by day and in the evening. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { createSketchPad, drawSketch } from '../../src/data/index.ts'
import { encodePng } from '../../src/image/index.ts'
import { lehmerUniforms } from './lehmer.ts'

const [WIDTH, HEIGHT] = [96, 80]

const THINGS: Readonly<Record<string, (colour: string) => string>> = {
  cup: (colour) =>
    `<rect x="30" y="22" width="30" height="36" rx="5" fill="${colour}"/><path d="M60 30h8a7 7 0 0 1 0 18h-8" fill="none" stroke="${colour}" stroke-width="5"/>`,
  plate: (colour) =>
    `<circle cx="48" cy="40" r="27" fill="${colour}"/><circle cx="48" cy="40" r="16" fill="none" stroke="#0005" stroke-width="2"/>`,
  spoon: (colour) =>
    `<ellipse cx="24" cy="40" rx="14" ry="9" fill="${colour}"/><rect x="36" y="37" width="50" height="6" rx="3" fill="${colour}"/>`,
}

/** `photos/` with so many of each class, and `evening/` with 20. */
export async function writePhotos(project: string, count: number): Promise<void> {
  const numbers = lehmerUniforms(7, 20_000).values()
  const draw = () => numbers.next().value!
  await writeFolder(join(project, 'photos'), count, 1, draw)
  await writeFolder(join(project, 'evening'), 20, 0.4, draw)
}

async function writeFolder(folder: string, count: number, light: number, draw: () => number) {
  for (const [name, shape] of Object.entries(THINGS)) {
    await mkdir(join(folder, name), { recursive: true })
    for (let i = 1; i <= count; i++) {
      const path = join(folder, name, `${String(i).padStart(4, '0')}.jpg`)
      const level = (low: number, high: number) => Math.round(light * (low + draw() * (high - low)))
      const colour = () => `rgb(${level(120, 255)},${level(120, 255)},${level(120, 255)})`
      const table = level(20, 100)
      const place = `translate(${draw() * 10 - 5} ${draw() * 10 - 5}) rotate(${draw() * 16 - 8} 48 40)`
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><rect width="${WIDTH}" height="${HEIGHT}" fill="rgb(${table},${table},${table})"/><g transform="${place}">${shape(colour())}</g></svg>`
      await sharp(Buffer.from(svg)).jpeg({ quality: 85 }).toFile(path)
    }
  }
}

const GARMENTS = 10
const PAD = { width: 28, height: 28, channels: 1 } as const

/** Pictures such as the embedded data set has, and none of it. */
export async function writeGarments(folder: string, count: number): Promise<void> {
  await mkdir(folder)
  const pad = createSketchPad(PAD.width, PAD.height)
  for (let index = 0; index < count; index++) {
    const pixels = new Uint8Array(PAD.width * PAD.height)
    drawSketch(pixels, pad, { seed: 1018, index, label: index % GARMENTS })
    await writeFile(join(folder, `${index}.png`), await encodePng(pixels, PAD))
  }
}
