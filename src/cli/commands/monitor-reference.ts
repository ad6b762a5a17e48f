import { relative, resolve } from 'node:path'
import { loadBundle } from '../../bundle/index.ts'
import { writeFileAtomic } from '../../core/index.ts'
import { referenceCsv, referenceRows } from '../../training/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { findModel } from '../find-model.ts'
import { loadConfig } from '../load-config.ts'
import { referenceImages } from '../monitor/reference-images.ts'

export const monitorReferenceCommand = defineCommand({
  arguments: {
    model: {
      description:
        'A run, a model.onnx, or models:/NAME… MODEL_URI or the newest run when left out.',
    },
  },
  options: {
    data: {
      type: 'string',
      description: 'training (train and val together), train, val, or a folder of images.',
      default: 'training',
      placeholder: 'SPLIT|DIR',
    },
    output: {
      type: 'string',
      description: 'The CSV file to write.',
      short: 'o',
      default: 'monitoring/reference_features.csv',
      placeholder: 'FILE',
    },
  },
  overrides: true,
  examples: [
    { command: 'atelier monitor reference', does: 'Of the newest run, over the training images.' },
    {
      command: 'atelier monitor reference models:/classifier@production --data photos',
      does: 'Of a version, over a folder.',
    },
  ],
  async run(context, { arguments: { model }, options: { data, output }, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const found = await findModel(context, model, config)
    const { threads, eval_batch_size: batchSize } = config.trainer
    const bundle = await loadBundle(found.content, { threads, batchSize })
    try {
      const { manifest } = bundle
      const split = await referenceImages(context, config.data, manifest, data)
      const { logits } = await bundle.predict(split.images, split.size)
      const rows = referenceRows(split, logits, manifest, split.size)
      const path = resolve(context.cwd, output)
      await writeFileAtomic(path, `${referenceCsv(rows)}\n`)
      const result = { model: found.source, data, rows: rows.count, path }
      printResult(
        context,
        result,
        () => `Wrote ${rows.count} rows of ${found.source} to ${relative(context.cwd, path)}`,
      )
    } finally {
      await bundle.close()
    }
  },
})
