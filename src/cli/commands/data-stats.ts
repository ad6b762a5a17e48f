import { join, resolve } from 'node:path'
import type { Config } from '../../contracts/index.ts'
import { writeFileAtomic } from '../../core/index.ts'
import {
  type Dataset,
  type DatasetStatistics,
  datasetStatistics,
  openConfiguredDataset,
  sampleGridSvg,
} from '../../data/index.ts'
import { svgToPng } from '../../figures/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { loadConfig } from '../load-config.ts'
import { formatTable } from '../table.ts'

export const dataStatsCommand = defineCommand({
  arguments: {},
  options: {},
  overrides: true,
  examples: [
    {
      command: 'atelier data stats',
      does: 'Sizes, class balance, mean and spread; a sample grid.',
    },
    { command: 'atelier data stats data=sketch --json', does: 'The same for a program.' },
  ],
  async run(context, { overrides }) {
    const { config } = await loadConfig(context, overrides)
    const dataset = await openConfiguredDataset(config.data, context.cwd)
    const statistics = datasetStatistics(dataset)
    const figure = await writeSampleGrid(context, config, dataset)
    printResult(context, { ...statistics, figure }, () => `${summary(statistics)}\n\n${figure}`)
  },
})

/** Shows training images only: the test split stays closed. */
async function writeSampleGrid(
  context: CommandContext,
  config: Config,
  dataset: Dataset,
): Promise<string> {
  const { classes, geometry, name } = dataset.manifest
  const split = await dataset.load('train')
  const svg = await sampleGridSvg(split, { title: `${name}: training images`, classes, geometry })
  const path = resolve(context.cwd, join(config.paths.reports, 'figures', 'samples.png'))
  await writeFileAtomic(path, await svgToPng(svg))
  return path
}

function summary(statistics: DatasetStatistics): string {
  const { height, width, channels } = statistics.geometry
  const head = `${statistics.name}: ${statistics.images} images, ${width} × ${height}, ${channels === 1 ? 'grey' : 'RGB'} (digest ${statistics.digest.slice(0, 12)})`
  return [head, pixelTable(statistics), classTable(statistics)].join('\n\n')
}

function pixelTable({ splits }: DatasetStatistics): string {
  const decimals = (values: readonly number[]) => values.map((value) => value.toFixed(4)).join(' ')
  return formatTable(
    [
      { title: 'split' },
      { title: 'images', align: 'right' },
      { title: 'mean', align: 'right' },
      { title: 'std', align: 'right' },
    ],
    splits.map(({ split, size, mean, std }) => [
      split,
      String(size),
      decimals(mean),
      decimals(std),
    ]),
  )
}

function classTable({ splits }: DatasetStatistics): string {
  const columns = splits.map(({ split }) => ({ title: split, align: 'right' as const }))
  const names = splits[0]?.classes.map(({ name }) => name) ?? []
  const rows = names.map((name, label) => [
    name,
    ...splits.map(({ classes }) => {
      const { count = 0, share = 0 } = classes[label] ?? {}
      return `${count} (${(share * 100).toFixed(1)} %)`
    }),
  ])
  return formatTable([{ title: 'class' }, ...columns], rows)
}
