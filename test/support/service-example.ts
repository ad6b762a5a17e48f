/** A small model that is made on the spot, and the inference service around it. */

import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'
import sharp from 'sharp'
import { parse } from 'yaml'
import {
  BUNDLE_IO,
  BUNDLE_MANIFEST_KEY,
  type BundleManifest,
  type ServingConfig,
  servingSchema,
} from '../../src/contracts/index.ts'
import { type Logger, systemClock, writeFileAtomic } from '../../src/core/index.ts'
import { cast, constant, flatten, gemm, input, softmax } from '../../src/graph/index.ts'
import {
  createServiceApp,
  createServiceMetrics,
  type ServiceAppOptions,
  type ServiceMetrics,
} from '../../src/http/index.ts'
import { createPreprocessing, preprocessingFingerprint } from '../../src/image/index.ts'
import { toOnnx } from '../../src/onnx/index.ts'
import {
  createPredictionService,
  openModelSource,
  type PredictionService,
  type ServiceOptions,
} from '../../src/serving/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import { packageRoot } from './training-project.ts'

export const SIDE = 8
export const CLASSES = ['dark', 'grey', 'light'] as const
const PIXELS = SIDE * SIDE
/** Weight of a pixel for each class: together they favour dark, middling and light pictures. */
const SLOPES = [-0.02, 0, 0.02] as const

export interface ExampleModel {
  /** Added to the logit of `grey`: tells versions apart by their answers. */
  readonly shift?: number
  readonly manifest?: Partial<BundleManifest>
}

/** A linear model of 8 x 8 grey pictures: class by brightness. */
export function exampleModel({
  shift = 0,
  manifest = {},
}: ExampleModel = {}): Uint8Array<ArrayBuffer> {
  const images = input(BUNDLE_IO.images, ['batch', 1, SIDE, SIDE], 'uint8')
  const features = flatten(cast(images, 'float32'))
  const weights = Float32Array.from(
    { length: CLASSES.length * PIXELS },
    (_, i) => SLOPES[Math.floor(i / PIXELS)]! / PIXELS,
  )
  const bias = Float32Array.from([2.5, shift, -2.5])
  const logits = gemm(features, constant(tensor('float32', [CLASSES.length, PIXELS], weights)), {
    transposeB: true,
    bias: constant(tensor('float32', [CLASSES.length], bias)),
  })
  return new Uint8Array(
    toOnnx({
      name: 'example',
      outputs: {
        [BUNDLE_IO.probabilities]: softmax(logits, 1),
        [BUNDLE_IO.logits]: logits,
        [BUNDLE_IO.embedding]: features,
      },
      metadata: { [BUNDLE_MANIFEST_KEY]: JSON.stringify(exampleManifest(manifest)) },
    }).bytes,
  )
}

function exampleManifest(change: Partial<BundleManifest>): BundleManifest {
  const geometry = { height: SIDE, width: SIDE, channels: 1 } as const
  const preprocessing = createPreprocessing(geometry, { mean: [0], std: [1] })
  const summary = { mean: 0, std: 1, min: -1, max: 1 }
  return {
    format: 'atelier-model',
    version: 1,
    created: '2026-11-23T05:31:12.000Z',
    producer: 'atelier test',
    run_id: 'example',
    architecture: 'linear',
    parameters: PIXELS * CLASSES.length,
    classes: [...CLASSES],
    preprocessing,
    preprocessing_fingerprint: preprocessingFingerprint(preprocessing),
    dataset: { name: 'none', digest: 'none' },
    config_digest: 'none',
    seed: 1,
    weight_digest: 'none',
    metrics: { epoch: 1, val_loss: 1, val_accuracy: 0.5 },
    temperature: 1,
    calibrated: true,
    reference_features: { avg_brightness: summary, contrast: summary },
    ...change,
  }
}

/** What the model must answer for a picture of one level. */
export function expectedProbabilities(level: number, shift = 0): number[] {
  const logits = [2.5, shift, -2.5].map((bias, k) => bias + SLOPES[k]! * level)
  const powers = logits.map(Math.exp)
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}

/** A picture all of one level. */
export function flatPng(level: number, side = SIDE): Promise<Buffer> {
  const data = Buffer.alloc(side * side, level)
  const image = sharp(data, { raw: { width: side, height: side, channels: 1 } })
  return image.toColourspace('b-w').png().toBuffer()
}

const testServing: ServingConfig = servingSchema.parse({
  ...parse(readFileSync(join(packageRoot, 'conf/serving/default.yaml'), 'utf8')),
  port: 0,
  workers: 1,
})

export function threadFile(name: 'model-thread' | 'decode-thread'): URL {
  return pathToFileURL(join(packageRoot, 'dist/main', `${name}.js`))
}

export interface Example {
  readonly folder: string
  /** Where the service looks for its model. */
  readonly modelPath: string
  readonly service: PredictionService
  readonly metrics: ServiceMetrics
  readonly app: FastifyInstance
  readonly warnings: string[]
  /** Puts another model in the place of the one that is served. */
  replaceModel(bytes: Uint8Array): Promise<void>
  /** Listens, at a port of its own. */
  listen(): Promise<string>
  close(): Promise<void>
}

export interface ExampleOptions {
  readonly config?: Partial<ServingConfig>
  readonly service?: Partial<ServiceOptions>
  readonly app?: Partial<ServiceAppOptions>
  /** Undefined: the plain example; null: none. */
  readonly model?: Uint8Array | null
}

/** A service with its model loaded, not listening. */
export async function createExample(options: ExampleOptions = {}): Promise<Example> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-service-'))
  const modelPath = join(folder, 'model.onnx')
  const { model = exampleModel() } = options
  if (model !== null) await writeFile(modelPath, model)
  const warnings: string[] = []
  const logger: Logger = { info: () => {}, warn: (text) => warnings.push(text) }
  const metrics = createServiceMetrics(systemClock)
  const service = createPredictionService({
    config: { ...testServing, ...options.config },
    source: openModelSource('model.onnx', {
      cwd: folder,
      maxBytes: 2 ** 20,
      readUri: undefined,
      registry: undefined,
    }),
    events: metrics.events,
    threads: { model: threadFile('model-thread'), decode: threadFile('decode-thread') },
    clock: systemClock,
    logger,
    ...options.service,
  })
  const app = await createServiceApp({
    service,
    metrics,
    hosts: [],
    pages: join(folder, 'pages'),
    version: '0.0.0',
    isStopping: () => false,
    clock: systemClock,
    logger,
    ...options.app,
  })
  await service.start()
  return {
    ...{ folder, modelPath, service, metrics, app, warnings },
    replaceModel: async (bytes) => {
      await writeFileAtomic(modelPath, bytes)
      await service.slot.reload()
    },
    listen: async () => {
      await app.listen({ host: '127.0.0.1', port: 0 })
      const { port } = app.server.address() as { port: number }
      return `http://127.0.0.1:${port}`
    },
    close: async () => {
      await app.close()
      await service.close(5000)
      await rm(folder, { recursive: true })
    },
  }
}

export interface SentFile {
  readonly field: string
  readonly name?: string
  readonly bytes: Uint8Array | string
}

/** A form as browsers send it. */
export function formOf(files: readonly SentFile[], boundary = 'x-boundary-x') {
  const parts = files.flatMap(({ field, name, bytes }) => [
    `--${boundary}\r\ncontent-disposition: form-data; name="${field}"${name === undefined ? '' : `; filename="${name}"`}\r\n\r\n`,
    bytes,
    '\r\n',
  ])
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([...parts, `--${boundary}--\r\n`].map((part) => Buffer.from(part))),
  }
}
