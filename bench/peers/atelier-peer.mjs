/** Our side of the throughput benchmarks, a process of its own that speaks the peer's protocol. */

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openPredictor } from '../../dist/bundle/index.js'
import { epochOrder, fillBatch, openDataset } from '../../dist/data/index.js'
import { layersOf } from '../../dist/nn/index.js'
import { tensor } from '../../dist/tensor/index.js'
import { Trainer } from '../../dist/training/index.js'

const [folder, modelPath] = process.argv.slice(2)
const BATCH = 64
const THREADS = 2
const dataset = await openDataset(folder)
const train = await dataset.load('train')
const { geometry, classes, normalization } = dataset.manifest
const order = epochOrder(1, 0, train.size)
const images = new Uint8Array(BATCH * geometry.height * geometry.width * geometry.channels)
const labels = new Int32Array(BATCH)
const shape = [BATCH, geometry.channels, geometry.height, geometry.width]
let trainer
let predictor
let step = 0

const work = {
  train: async () => {
    trainer ??= await createTrainer()
    fillBatch(images, labels, train, order, (step * BATCH) % (train.size - BATCH))
    const batch = {
      images: tensor('uint8', shape, images),
      labels: tensor('int32', [BATCH], labels),
    }
    await trainer.step(batch, step, 1e-3)
    step++
  },
  infer: async () => {
    predictor ??= await openPredictor(readFileSync(modelPath), shape.slice(1), {
      threads: THREADS,
      batchSize: BATCH,
    })
    fillBatch(images, labels, train, order, (step++ * BATCH) % (train.size - BATCH))
    await predictor.predict(images, BATCH)
  },
}

function createTrainer() {
  return Trainer.create(
    {
      geometry,
      normalization,
      seed: 1,
      threads: THREADS,
      layers: layersOf({ type: 'cnn', dropout: null, width: null }, classes.length),
      optimizer: {
        name: 'adam',
        momentum: 0,
        nesterov: false,
        beta1: 0.9,
        beta2: 0.999,
        eps: 1e-8,
        weight_decay: 0,
        decay_all: true,
      },
      regularization: { label_smoothing: 0, clip_norm: null, ema_decay: null },
    },
    BATCH,
  )
}

async function timed(count, run) {
  const ms = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    await run()
    ms.push(performance.now() - start)
  }
  return { ms }
}

const answers = {
  train: ({ steps }) => timed(steps, work.train),
  infer: ({ batches }) => timed(batches, work.infer),
  memory: () => ({ mb: process.resourceUsage().maxRSS / 1024 }),
}

process.stdout.write(`${JSON.stringify({ version: process.version })}\n`)
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  process.stdout.write(`${JSON.stringify(await answers[request.do](request))}\n`)
}
