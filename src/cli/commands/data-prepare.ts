import type { DatasetManifest } from '../../contracts/index.ts'
import { type PrepareResult, prepareDataset } from '../../data/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { formatTable } from '../table.ts'

export const dataPrepareCommand = defineCommand({
  arguments: {},
  options: {
    force: { type: 'boolean', description: 'Prepare anew even when the data is up to date.' },
  },
  overrides: true,
  examples: [
    { command: 'atelier data prepare', does: 'Fashion-MNIST: found, or downloaded.' },
    { command: 'atelier data prepare data=sketch', does: 'The embedded data, offline.' },
    {
      command: 'atelier data prepare data=folder data.path=./photos',
      does: 'Your own images, one sub-folder per class.',
    },
  ],
  async run(context, { options, overrides }) {
    const { config } = await loadConfig(context, overrides)
    const result = await prepareDataset(config.data, context, { force: options.force })
    const { manifest, folder, changed } = result
    printResult(context, { folder, changed, manifest }, () => summary(result))
  },
})

function summary({ manifest, folder, changed }: PrepareResult): string {
  const { height, width, channels } = manifest.geometry
  const head = `${manifest.name}: ${manifest.classes.length} classes, ${width} × ${height}, ${channels === 1 ? 'grey' : 'RGB'}`
  const state = changed ? 'Prepared' : 'Already prepared:'
  return `${head}\n${splitTable(manifest)}\n${state} ${folder} (digest ${manifest.digest.slice(0, 12)})`
}

function splitTable({ splits, classes }: DatasetManifest): string {
  const rows = Object.entries(splits).map(([name, { size, class_counts }]) => [
    name,
    String(size),
    rangeText(class_counts),
  ])
  return formatTable(
    [
      { title: 'split' },
      { title: 'images', align: 'right' },
      { title: `per class (${classes.length})`, align: 'right' },
    ],
    rows,
  )
}

function rangeText(counts: readonly number[]): string {
  const [low, high] = [Math.min(...counts), Math.max(...counts)]
  return low === high ? String(low) : `${low} to ${high}`
}
