import { relative } from 'node:path'
import { addStage } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'
import { requireOption } from '../pipeline/require-option.ts'

const paths = { type: 'list', placeholder: 'PATH' } as const

export const stageAddCommand = defineCommand({
  arguments: {
    command: { description: 'What the stage runs.', required: true, variadic: true },
  },
  options: {
    name: { type: 'string', short: 'n', description: 'Name of the stage. Wanted.' },
    deps: { ...paths, short: 'd', description: 'An input.' },
    params: {
      type: 'list',
      short: 'p',
      placeholder: '[FILE:]KEYS',
      description: 'Keys of params.yaml or of FILE, with commas between them; FILE: is all of it.',
    },
    outs: { ...paths, short: 'o', description: 'An output.' },
    outsNoCache: { ...paths, short: 'O', description: 'An output that git keeps, not the cache.' },
    outsPersist: { ...paths, description: 'An output that stays when the stage runs again.' },
    outsPersistNoCache: { ...paths, description: 'The same, and git keeps it.' },
    metrics: { ...paths, short: 'm', description: 'A file of metrics.' },
    metricsNoCache: { ...paths, short: 'M', description: 'The same, and git keeps it.' },
    plots: { ...paths, description: 'A file of points to plot.' },
    plotsNoCache: { ...paths, description: 'The same, and git keeps it.' },
    wdir: {
      type: 'string',
      short: 'w',
      placeholder: 'DIR',
      description: 'Where the command runs.',
    },
    alwaysChanged: { type: 'boolean', description: 'Run it each time.' },
    desc: { type: 'string', placeholder: 'TEXT', description: 'What the stage is for.' },
    force: { type: 'boolean', short: 'f', description: 'Write over a stage of this name.' },
  },
  overrides: false,
  ownWords: true,
  examples: [
    {
      command: 'atelier stage add -n train -d data.csv -p lr,epochs -o model.onnx node train.js',
      does: 'As `dvc stage add` writes it.',
    },
    {
      command:
        'atelier stage add -n score -d model.onnx -M metrics.json "node score.js > metrics.json"',
      does: 'A line for the shell, in quotes.',
    },
  ],
  async run(context, { arguments: { command }, options }) {
    const { name, force, ...parts } = options
    await withDataRepository(context, async (repository) => {
      const stage = requireOption('--name', name)
      const added = await addStage(repository, context.cwd, stage, { command, ...parts }, force)
      printResult(
        context,
        added,
        () =>
          `${added.change === 'added' ? 'Added' : 'Changed'} stage ${stage} in ${relative(context.cwd, added.file)}`,
      )
    })
  },
})
