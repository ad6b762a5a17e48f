/**
 * Files that are not pictures, or are damaged ones: more than ten thousand, the same for the same
 * seed. For whatever takes a picture from strangers.
 */

import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { createRandom, type Random, sha256 } from '../../src/core/index.ts'
import { badPngs, flipped, replaced } from './bad-pngs.ts'
import { pngBombs } from './png-bombs.ts'
import { PNG_KINDS, pngFile, pngRows, randomBytes } from './png-files.ts'

export interface BadImage {
  readonly name: string
  readonly bytes: Uint8Array
  /**
   * `bad` must be refused. `mutated` may be refused or read; what Atelier reads by itself must be
   * what libpng reads.
   */
  readonly verdict: 'bad' | 'mutated'
}

interface Sample {
  readonly name: string
  readonly bytes: Buffer
}

/**
 * All cases, some 35,000, or a share of them: all the bombs, and more of what is wrong in one place
 * than of what is made by the thousand (cuts, flipped bits, splices).
 */
export async function* badImages(seed: number, share = 1): AsyncGenerator<BadImage> {
  const random = createRandom(seed, 'sketch')
  const samples = await validImages(random)
  const seen = new Set<string>()
  const families = [
    thin(foreignFiles(random), Math.sqrt(share)),
    thin(badPngs(random), Math.sqrt(share)),
    pngBombs(),
    bombs(samples),
    thin(cuts(samples), share),
    thin(damages(samples, random), share),
  ]
  for (const family of families) {
    for (const image of family) {
      const digest = sha256(image.bytes)
      if (seen.has(digest)) continue
      seen.add(digest)
      yield image
    }
  }
}

/** Evenly spread, so that every sample and every kind of damage is among them. */
function* thin(images: Iterable<BadImage>, share: number): Generator<BadImage> {
  let due = 0
  for (const image of images) {
    due += share
    if (due < 1) continue
    due -= 1
    yield image
  }
}

/** Whole files of every format, small, of the kinds that are read differently. */
async function validImages(random: Random): Promise<Sample[]> {
  const [width, height] = [19, 13]
  const smooth = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => 128 + 100 * Math.sin(i / 40) + random.integer(12),
  )
  const picture = () => sharp(smooth, { raw: { width, height, channels: 3 } })
  const files: Record<string, Promise<Buffer>> = {
    'png rgb': picture().png().toBuffer(),
    'png grey': picture().toColourspace('b-w').png().toBuffer(),
    'png interlaced': picture().png({ progressive: true }).toBuffer(),
    'png palette': picture().png({ palette: true, colours: 16 }).toBuffer(),
    'png turned': picture().withMetadata({ orientation: 6 }).png().toBuffer(),
    jpeg: picture().jpeg().toBuffer(),
    'jpeg progressive': picture().jpeg({ progressive: true }).toBuffer(),
    'jpeg grey': picture().toColourspace('b-w').jpeg().toBuffer(),
    'jpeg cmyk': picture().toColourspace('cmyk').jpeg().toBuffer(),
    'jpeg turned': picture().withMetadata({ orientation: 8 }).jpeg().toBuffer(),
    'webp lossy': picture().webp().toBuffer(),
    'webp lossless': picture().webp({ lossless: true }).toBuffer(),
    'webp alpha': picture().ensureAlpha(0.5).webp().toBuffer(),
    gif: picture().gif({ colours: 16 }).toBuffer(),
    'gif interlaced': picture().gif({ colours: 8, progressive: true }).toBuffer(),
    'tiff raw': picture().tiff({ compression: 'none' }).toBuffer(),
    'tiff lzw': picture().tiff({ compression: 'lzw' }).toBuffer(),
    'tiff deflate': picture().tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer(),
    'tiff jpeg': picture().tiff({ compression: 'jpeg' }).toBuffer(),
    'tiff tiles': picture().tiff({ tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
  }
  const encoded = await Promise.all(
    Object.entries(files).map(async ([name, bytes]) => ({ name, bytes: await bytes })),
  )
  return [...encoded, ...validPngs(random)]
}

function validPngs(random: Random): Sample[] {
  return PNG_KINDS.flatMap(({ color, depths }) =>
    depths.map((depth) => {
      const shape = { width: 9, height: 6, depth, color }
      const palette = randomBytes(3 << Math.min(depth, 4), random)
      const rows = pngRows(shape, random)
      const bytes = pngFile({ ...shape, rows, ...(color === 3 && { palette }) })
      return { name: `png ${color}/${depth}`, bytes }
    }),
  )
}

/** Each sample cut off at every byte. */
function* cuts(samples: readonly Sample[]): Generator<BadImage> {
  for (const { name, bytes } of samples) {
    for (let length = 0; length < bytes.length; length++) {
      // Later cuts may only hit the end mark or metadata.
      const verdict = length < bytes.length / 2 && !name.startsWith('tiff') ? 'bad' : 'mutated'
      yield { name: `${name} cut to ${length}`, bytes: bytes.subarray(0, length), verdict }
    }
  }
}

const FLIPS = 60
const ROUNDS = 40

function* damages(samples: readonly Sample[], random: Random): Generator<BadImage> {
  for (const sample of samples) {
    const { name, bytes } = sample
    const yielded = (what: string, changed: Uint8Array): BadImage => ({
      name: `${name} ${what}`,
      bytes: changed,
      verdict: 'mutated',
    })
    for (let i = 0; i < FLIPS; i++) {
      const bit = random.integer(bytes.length * 8)
      yield yielded(`bit ${bit}`, flipped(bytes, bit))
      if (name.startsWith('png')) yield yielded(`bit ${bit}, mended`, mendPng(flipped(bytes, bit)))
    }
    for (let round = 0; round < ROUNDS; round++) {
      const other = samples[random.integer(samples.length)]!
      for (const [what, changed] of rewritten(bytes, other.bytes, random)) {
        yield yielded(`${what} (${round})`, changed)
        if (name.startsWith('png')) yield yielded(`${what}, mended (${round})`, mendPng(changed))
      }
    }
  }
}

function* rewritten(bytes: Buffer, other: Buffer, random: Random): Generator<[string, Buffer]> {
  const at = random.integer(bytes.length)
  const length = 1 + random.integer(12)
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
  const extreme = [0, 0xff, 0x7f, 0x80][random.integer(4)]!
  yield [`byte ${at} is ${extreme}`, replaced(bytes, at, extreme)]
  yield [`${length} bytes out at ${at}`, Buffer.concat([head, tail.subarray(length)])]
  yield [`${length} bytes in at ${at}`, Buffer.concat([head, randomBytes(length, random), tail])]
  yield [
    `${length} bytes anew at ${at}`,
    Buffer.concat([head, randomBytes(length, random), tail.subarray(length)]),
  ]
  yield [
    `${length} bytes of 255 at ${at}`,
    Buffer.concat([head, Buffer.alloc(length, 255), tail.subarray(length)]),
  ]
  const from = random.integer(other.length)
  yield [`another file from ${at}`, Buffer.concat([head, other.subarray(from)])]
  yield [`repeated from ${at}`, Buffer.concat([bytes, tail])]
}

/** The same with every checksum right, so that damage comes through to what reads the chunks. */
function mendPng(bytes: Uint8Array): Buffer {
  const mended = Buffer.from(bytes)
  for (let start = 8; start + 12 <= mended.length; ) {
    const end = start + 8 + mended.readUInt32BE(start)
    if (end + 4 > mended.length) break
    mended.writeUInt32BE(crc32(mended.subarray(start + 4, end)), end)
    start = end + 4
  }
  return mended
}

/** Sizes in the headers of the other formats that no file so short can mean. */
function* bombs(samples: readonly Sample[]): Generator<BadImage> {
  const bytesOf = (wanted: string) => samples.find(({ name }) => name === wanted)!.bytes
  const bad = (name: string, bytes: Uint8Array): BadImage => ({
    name: `bomb ${name}`,
    bytes,
    verdict: 'bad',
  })
  const gif = Buffer.from(bytesOf('gif'))
  gif.writeUInt32LE(0xffffffff, 6)
  // The canvas of a GIF may be far larger than its frame; libnsgif then takes the frame's size.
  yield { ...bad('gif 65535x65535', gif), verdict: 'mutated' }
  for (const name of ['jpeg', 'jpeg progressive', 'jpeg grey', 'jpeg cmyk']) {
    const jpeg = Buffer.from(bytesOf(name))
    const frame = jpeg.indexOf(Buffer.from([0xff, name === 'jpeg progressive' ? 0xc2 : 0xc0]))
    jpeg.writeUInt32BE(0xffdcffdc, frame + 5)
    yield bad(`${name} 65500x65500`, jpeg)
  }
  const lossy = Buffer.from(bytesOf('webp lossy'))
  lossy.writeUInt32LE(0x3fff3fff, lossy.indexOf(Buffer.from([0x9d, 0x01, 0x2a])) + 3)
  yield bad('webp lossy 16383x16383', lossy)
  const lossless = Buffer.from(bytesOf('webp lossless'))
  lossless.writeUInt32LE(0x0fffffff, lossless.indexOf('VP8L') + 9)
  yield bad('webp lossless 16384x16384', lossless)
  for (const name of ['tiff raw', 'tiff lzw', 'tiff deflate', 'tiff tiles']) {
    for (const size of [30_000, 0x7fffffff, 0xffffffff]) {
      yield bad(`${name} ${size}x${size}`, resizedTiff(bytesOf(name), size))
    }
  }
}

/** With another ImageWidth and ImageLength (tags 256 and 257), little endian as sharp writes it. */
function resizedTiff(bytes: Buffer, size: number): Buffer {
  const tiff = Buffer.from(bytes)
  const directory = tiff.readUInt32LE(4)
  for (let i = 0; i < tiff.readUInt16LE(directory); i++) {
    const entry = directory + 2 + 12 * i
    if (![256, 257].includes(tiff.readUInt16LE(entry))) continue
    tiff.writeUInt16LE(4, entry + 2)
    tiff.writeUInt32LE(size, entry + 8)
  }
  return tiff
}

/** Other kinds of files, also under the first bytes of a picture. */
function* foreignFiles(random: Random): Generator<BadImage> {
  const text = {
    svg: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    'svg declared':
      '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    html: '<!doctype html><html><img src=x onerror=alert(1)></html>',
    pdf: '%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF',
    postscript: '%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n',
    json: '{"image": "iVBORw0KGgo="}',
    base64: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ',
    pnm: 'P6 2 2 255 aaabbbcccddd',
    mvg: 'push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 "url(http://127.0.0.1/)"',
    xpm: '/* XPM */ static char *a[] = {"1 1 1 1", "a c #000000", "a"};',
    script: '#!/bin/sh\nexit 1\n',
    exe: 'MZ\x90\0',
  }
  for (const [name, content] of Object.entries(text)) {
    yield { name, bytes: Buffer.from(content, 'latin1'), verdict: 'bad' }
  }
  const magic = {
    zip: '504b0304140000000800',
    gzip: '1f8b0800000000000003',
    bmp: '424d460000000000000036000000',
    ico: '00000100010010100000',
    psd: '38425053000100000000',
    avif: '0000001c6674797061766966',
    heic: '000000186674797068656963',
    jp2: '0000000c6a5020200d0a870a',
    j2k: 'ff4fff51002f0000',
    jxl: 'ff0a',
    'jxl boxed': '0000000c4a584c20',
    mp4: '0000001c6674797069736f6d',
    elf: '7f454c46020101',
    exr: '762f3101',
    hdr: '233f52414449414e4345',
    fits: '53494d504c4520203d',
    bigtiff: '49492b0008000000',
    mng: '8a4d4e470d0a1a0a',
    jng: '8b4a4e470d0a1a0a',
    farbfeld: '6661726266656c64',
    qoi: '716f6966',
  }
  for (const [name, hex] of Object.entries(magic)) {
    for (const length of [0, 100]) {
      const bytes = Buffer.concat([Buffer.from(hex, 'hex'), randomBytes(length, random)])
      yield { name: `${name} and ${length}`, bytes, verdict: 'bad' }
    }
  }
  const starts = [
    '',
    '89504e470d0a1a0a',
    'ffd8ff',
    'ffd8ffe0',
    '52494646ff00000057454250',
    '474946383961',
    '474946383761',
    '49492a00',
    '4d4d002a',
  ]
  for (const start of starts) {
    const head = Buffer.from(start, 'hex')
    for (const length of [0, 1, 2, 7, 8, 20, 33, 100, 1000]) {
      for (const [what, tail] of [
        ['zeros', Buffer.alloc(length)],
        ['255', Buffer.alloc(length, 255)],
        ['noise', randomBytes(length, random)],
      ] as const) {
        yield {
          name: `'${start}' and ${length} of ${what}`,
          bytes: Buffer.concat([head, tail]),
          verdict: 'bad',
        }
      }
    }
    for (const [name, content] of Object.entries(text)) {
      if (start === '') continue
      yield {
        name: `'${start}' and ${name}`,
        bytes: Buffer.concat([head, Buffer.from(content, 'latin1')]),
        verdict: 'bad',
      }
    }
  }
}
