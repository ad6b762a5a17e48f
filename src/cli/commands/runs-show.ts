import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { parse } from 'yaml'
import type { EpochMetrics } from '../../contracts/index.ts'
import { findRun, type Run, readMetrics } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { epochTable } from '../epoch-table.ts'
import { loadConfig } from '../load-config.ts'
import { formatDuration } from '../progress-line.ts'
import { withState } from './runs-ls.ts'

export const runsShowCommand = defineCommand({
  arguments: {
    run: { description: 'Id, its start or end, folder, or `latest`.', required: true },
  },
  options: {},
  overrides: false,
  examples: [
    { command: 'atelier runs show latest', does: 'The newest run.' },
    { command: 'atelier runs show quiet-otter', does: 'A run by the end of its id.' },
  ],
  async run(context, { arguments: { run: query } }) {
    const { config } = await loadConfig(context, [])
    const run = await findRun(resolve(context.cwd, config.paths.runs), query)
    const { state } = await withState(run)
    const overrides = parse(await readFile(run.files.overrides, 'utf8')) as readonly string[]
    const lines = await readMetrics(run.files.metrics)
    const epochs = lines.filter((line) => line.type === 'epoch')
    printResult(context, { ...run.record, state, folder: run.folder, overrides, epochs }, () =>
      describe(run, state, overrides, epochs, relative(context.cwd, run.folder)),
    )
  },
})

function describe(
  { record }: Run,
  state: string,
  overrides: readonly string[],
  epochs: readonly EpochMetrics[],
  folder: string,
): string {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['run', record.id],
    ['state', state],
    ['failure', record.failure?.message],
    ['folder', folder],
    ['started', `${record.created.slice(0, 16).replace('T', ' ')} UTC`],
    ['time', formatDuration(record.seconds * 1000)],
    [
      'data',
      record.dataset === null
        ? undefined
        : `${record.dataset.name} (${record.dataset.digest.slice(0, 12)})`,
    ],
    [
      'model',
      record.architecture === null
        ? undefined
        : `${record.architecture}, ${record.parameters} parameters, seed ${record.seed}`,
    ],
    ['overrides', overrides.join(' ') || 'none'],
    ['progress', `step ${record.step}, ${epochs.length} of ${record.epochs} epochs`],
    ['weights', record.weight_digest?.slice(0, 12)],
    ['test looks', String(record.test_looks)],
  ]
  const width = Math.max(...facts.map(([name]) => name.length))
  const lines = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.padEnd(width)}  ${value}`],
  )
  const next = state === 'completed' ? [] : [`\nContinue with \`atelier resume ${record.id}\`.`]
  return [...lines, ...(epochs.length === 0 ? [] : [`\n${epochTable(epochs)}`]), ...next].join('\n')
}
