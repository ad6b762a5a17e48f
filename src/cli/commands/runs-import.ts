import { resolve } from 'node:path'
import { importForeignRuns } from '../../trackers/index.ts'
import { importRuns } from '../../tracking/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { type RunIndex, withRunIndex } from '../run-index.ts'

export const runsImportCommand = defineCommand({
  arguments: {
    source: {
      description:
        'What `runs export` wrote, a file or a folder; `mlflow:EXPERIMENT`; a run of W&B, or its `wandb` folder.',
      required: true,
    },
  },
  options: {},
  overrides: false,
  examples: [
    { command: 'atelier runs import paper.tar', does: 'All of it, or nothing.' },
    { command: 'atelier runs import wandb/', does: 'Every run that W&B left there.' },
    {
      command: 'atelier runs import mlflow:digits',
      does: 'An experiment of the server at MLFLOW_TRACKING_URI.',
    },
  ],
  async run(context, { arguments: { source } }) {
    await withRunIndex(context, async (index) => {
      const { imported, known } = await takeIn(context, index, source)
      printResult(context, { imported, known }, () =>
        [
          imported.length === 0 ? 'Nothing is new.' : 'Imported:',
          ...imported.map((id) => `  ${id}`),
          ...known.map((origin) => `  ${origin} is here already`),
        ].join('\n'),
      )
    })
  },
})

async function takeIn(context: CommandContext, { root, store, config }: RunIndex, source: string) {
  const { env, cwd, clock, signal } = context
  const place = source.startsWith('mlflow:') ? source : resolve(cwd, source)
  const mlflowUri = config.tracking.mlflow.uri
  const foreign = await importForeignRuns(place, { root, store, env, fetch, signal, mlflowUri })
  if (foreign !== undefined) return foreign
  return { imported: await importRuns(root, place, { store, clock }), known: [] }
}
