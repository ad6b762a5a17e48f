import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { IdxDataConfig } from '../../src/contracts/index.ts'
import { createRandom, sha256 } from '../../src/core/index.ts'

export interface IdxFixture {
  readonly config: IdxDataConfig
  /** Uncompressed bytes by file name. */
  readonly files: Readonly<Record<string, Buffer>>
}

/** IDX bytes: big-endian magic, dimensions, uint8 values. */
export function idxBytes(shape: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.writeUInt32BE(0x0800 | shape.length, 0)
  shape.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i)
  })
  return Buffer.concat([header, values])
}

/** A small data set of noise in three classes: 90 images to train on, 30 to test, 8 x 8 pixels. */
export function idxFixture(overrides: Partial<IdxDataConfig> = {}): IdxFixture {
  const random = createRandom(1, 'sketch')
  const pixels = (count: number) =>
    Uint8Array.from({ length: count * 64 }, () => random.integer(256))
  const labels = (count: number) => Uint8Array.from({ length: count }, (_, i) => i % 3)
  const files = {
    'train-images': idxBytes([90, 8, 8], pixels(90)),
    'train-labels': idxBytes([90], labels(90)),
    'test-images': idxBytes([30, 8, 8], pixels(30)),
    'test-labels': idxBytes([30], labels(30)),
  }
  const file = (name: keyof typeof files) => ({ name, sha256: sha256(files[name]) })
  const config: IdxDataConfig = {
    source: 'idx',
    name: 'tiny-noise',
    raw: 'raw',
    processed: 'processed',
    geometry: { height: 8, width: 8, channels: 1 },
    validation: 15,
    split_seed: 42,
    classes: ['a', 'b', 'c'],
    mirrors: [],
    files: {
      train_images: file('train-images'),
      train_labels: file('train-labels'),
      test_images: file('test-images'),
      test_labels: file('test-labels'),
    },
    ...overrides,
  }
  return { config, files }
}

/** Writes the files to a folder, one of them compressed so that both kinds are read. */
export async function writeIdxFiles(folder: string, { files }: IdxFixture): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) {
    const packed = name === 'train-images'
    await writeFile(join(folder, packed ? `${name}.gz` : name), packed ? gzipSync(bytes) : bytes)
  }
}
