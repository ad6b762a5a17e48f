import { relative } from 'node:path'
import { removeData } from '../../versioning/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { withDataRepository } from '../data/with-data-repository.ts'

export const dataRemoveCommand = defineCommand({
  arguments: {
    targets: { description: 'Tracked data or .dvc files.', required: true, variadic: true },
  },
  options: {
    outs: { type: 'boolean', description: 'Deletes the data in the workspace, too.' },
    force: {
      type: 'boolean',
      short: 'f',
      description: 'Deletes also data that is kept nowhere else.',
    },
  },
  overrides: false,
  examples: [
    { command: 'atelier data remove data/old.dvc', does: 'Stops tracking it; the data stays.' },
  ],
  async run(context, { arguments: { targets }, options }) {
    await withDataRepository(context, async (repository) => {
      const files = await removeData(repository, targets, context.cwd, options)
      printResult(context, { removed: files }, () =>
        files.map((file) => `Removed: ${relative(context.cwd, file)}`).join('\n'),
      )
    })
  },
})
